"""Compare snapshots, the index and lines of text; reads, never writes."""
