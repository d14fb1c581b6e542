"""What public registers said, and what people decided about it."""
