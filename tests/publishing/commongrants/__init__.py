"""CommonGrants award documents, held against the protocol's own models."""
