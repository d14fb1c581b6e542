"""Ends of a leg or of all, by a person or by agreement, and the opening of what has ended."""
