"""Signatures: the keys of staff, and the mathematics of what was signed with them. Ed25519 by `cryptography`."""
