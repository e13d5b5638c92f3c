"""Label drivers: how the rows of a manifest are read and spliced (not built yet)."""
