"""What people do with Accord: the desk that sends commands and reads the ledger, and the shell commands over it."""
