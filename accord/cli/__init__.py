"""The shell command `accord`: one file a subject."""
