"""`make bench-waiting`: how long a person waits while a register touches very many partnerships."""
