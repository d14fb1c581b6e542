"""The ledger alone: callers append, and every answer that they were given is checked afterwards."""
