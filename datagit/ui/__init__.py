"""Render results for people (rich) and for scripts (plain lines, JSON)."""
