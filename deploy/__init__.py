"""Install Accord on a machine: database migrations, settings, the embedded stack, and what a cluster needs."""
