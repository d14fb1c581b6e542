"""Names that stand for one another: pairs from the Business Master File, and the confirmed share of each kind."""
