"""What the next commit will hold, and what the working tree looked like when it was last compared."""
