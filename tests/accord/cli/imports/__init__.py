"""The shell's commands that bring in what exists already."""
