"""What a partnership waits for: deadlines, duties, holds, the next step, and who is told of it."""
