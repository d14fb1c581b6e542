"""Where a partnership stands: its fields, and what follows from them of questions, of people and of money."""
