"""Repositories and bytes of every released format."""
