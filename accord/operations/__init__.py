"""What whoever operates an installation asks of it, and a worker's background checks."""
