"""What a partnership waits for: deadlines, obligations, the next step, and who is told of it."""
