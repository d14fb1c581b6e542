"""What the bank says: read, kept, and matched to what was instructed."""
