"""The embedded stack: PostgreSQL, the Temporal server with its UI, and a worker, on one machine under one folder."""
