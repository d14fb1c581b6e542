"""What commands print: lists, partnerships, findings, receipts, and pages for a board."""
