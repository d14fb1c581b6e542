"""What waits for people beside the steps of partnerships: mentions, exceptions of the bank, and what was told."""
