"""The shell's commands beside another system."""
