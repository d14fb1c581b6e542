"""The bank's answers: read, stored, and matched to our instructions."""
