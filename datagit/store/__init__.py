"""Packs of objects and the log of refs: one layout for .dg folders and remotes."""
