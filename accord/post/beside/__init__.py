"""Tasks of staff beside the steps of partnerships: in the directory, in funds, and on the bank's statements."""
