"""Payments: tranches and attempts to pay them, bank accounts, payment files, and the bank's answers."""
