"""The page of operations: what is wrong, since when, and who mends it."""
