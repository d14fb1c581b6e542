"""What runs in Temporal: which workflows are open, missing or behind, what they know, and on which version."""
