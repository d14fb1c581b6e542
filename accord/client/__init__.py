"""The application layer, independent of the user interface: send signed commands, and read the ledger."""
