"""Tests in the tree of the package, and beside it what crosses rooms."""
