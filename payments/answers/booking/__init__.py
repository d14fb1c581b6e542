"""The sum of a booking: what the bank tells of it, and whether that explains it."""
