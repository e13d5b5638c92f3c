"""The place of remote storages: any file system that fsspec knows, behind the same contract (not built yet)."""
