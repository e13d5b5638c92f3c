"""The dg:// file system: a version, read through fsspec (not built yet)."""
