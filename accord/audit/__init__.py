"""Independent checks from the ledger alone, without the code that decides, admits, approves and folds partnerships."""
