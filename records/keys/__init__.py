"""Signatures: the private keys of staff, and the verification of what they signed. Ed25519 by `cryptography`."""
