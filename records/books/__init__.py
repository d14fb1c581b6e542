"""The book read off the ledger: entries by the fold of a process, and the periods that two people closed."""
