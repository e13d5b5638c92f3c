"""Named bytes somewhere: a local folder, memory, later any fsspec file system."""
