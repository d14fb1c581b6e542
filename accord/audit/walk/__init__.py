"""A partnership's events folded anew for the audit, with what a payment depends on."""
