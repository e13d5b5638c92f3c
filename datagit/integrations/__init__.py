"""Doors from training frameworks and trackers to a version (not built yet)."""
