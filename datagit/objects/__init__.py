"""Blob chunks, tree nodes, commits and tags: values and their canonical bytes."""
