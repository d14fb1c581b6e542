"""The auditor's own replica: what it verifies, what it finds, and where it stops."""
