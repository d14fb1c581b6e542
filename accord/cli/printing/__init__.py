"""The printed forms of lists, partnerships, findings and receipts, and pages for a board."""
