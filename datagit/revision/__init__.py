"""Name and walk commits; reads, never writes."""
