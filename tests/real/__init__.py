"""Real input, opt-in: Debian packages of pictures and Python's own standard library."""
