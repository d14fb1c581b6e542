"""The book in files: the general ledger as CSV, and as a text for beancount."""
