"""The words of pages: of codes, sums, days and people, of what a decision says, and of what happened."""
