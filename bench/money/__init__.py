"""`make bench-money`: a bank's message matched, the book made anew, and reservations, each against its aim."""
