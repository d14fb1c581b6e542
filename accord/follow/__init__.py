"""The auditor's own replica: follow a ledger over its API, verify each event as it comes, and cosign what holds."""
