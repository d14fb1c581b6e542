"""A worker's look-outs beside its tasks, and operators' repairs: workflows and the ledger held together."""
