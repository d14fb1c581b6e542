"""How a payment leaves: on which rail, and on which day."""
