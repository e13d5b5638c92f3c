"""Touch the user's files: scan them, and write them safely."""
