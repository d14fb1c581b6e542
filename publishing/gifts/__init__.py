"""The donor's page: one gift, what became of it, and the proofs that a browser verifies without a network."""
