"""Payments: released, cancelled, handed over, and what the bank says of them."""
