"""Git for datasets: files and their label manifests versioned together."""

__version__ = "0.1.0"
