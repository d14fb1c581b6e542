"""The HTTP API: what programs read with a token, under a login that reads and does nothing else."""
