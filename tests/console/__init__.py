"""Sessions as a user sees them, run as written."""
