"""The shell commands that publish."""
