"""The operators' commands on an installation, and a worker's background checks."""
