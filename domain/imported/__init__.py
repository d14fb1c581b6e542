"""Partnerships of before Accord, as the organisation's own books claim them, and the mapping of its columns."""
