"""Evidence of public registers, and what people decided about it."""
