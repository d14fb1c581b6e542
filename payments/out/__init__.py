"""Outgoing payments: one frozen instruction per attempt to pay, and the payment files for the bank."""
