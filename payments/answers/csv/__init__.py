"""The bank's own CSV, read by a mapping of its columns into statements of account."""
