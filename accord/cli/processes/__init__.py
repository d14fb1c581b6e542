"""The commands that run the processes of an installation."""
