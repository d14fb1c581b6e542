"""IATI 2.03 activities: grants for work abroad, with each commitment and disbursement as the ledger holds it."""
