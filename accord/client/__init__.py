"""The application layer, independent of the user interface: prepare, sign and send commands, and read the ledger."""
