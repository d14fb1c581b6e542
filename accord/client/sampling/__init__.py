"""An auditor's sample of payments: drawn by money from a seed, and taken home as one folder that opens offline."""
