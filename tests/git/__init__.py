"""The same operations in a git and in a dg repository: whatever differs is a defect or a documented decision."""
