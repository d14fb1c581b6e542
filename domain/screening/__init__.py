"""Evidence from public registers, and people's decisions about it."""
