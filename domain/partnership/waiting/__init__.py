"""A partnership's waits: deadlines, obligations, the next step, and the people who are told of it."""
