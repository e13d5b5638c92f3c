"""Settings from the system, the user, the repository, the environment and the command line."""
