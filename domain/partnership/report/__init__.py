"""What a grantee reports, and who accepts it."""
