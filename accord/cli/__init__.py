"""The shell command `accord`: one module per subject."""
