"""A worker's background checks: that workflows and the ledger agree, and that its release is new enough."""
