"""Bookings of what people typed into the bank's portal."""
