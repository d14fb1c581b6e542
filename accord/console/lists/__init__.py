"""Pages that list partnerships: the queue of work, every partnership, and what a person keeps of both."""
