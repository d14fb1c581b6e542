"""Pages that list partnerships."""
