"""The figures of a booked payment: its sums, its rate and its charges, and whether they are let through."""
