"""Bookings that differ from their instructions: the terms by which they are weighed, and their count by people."""
