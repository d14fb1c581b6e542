"""The pages of exceptions: those that wait, one of them, and those that people resolved."""
