"""Signatures: the private keys of staff, and the verification of signatures (Ed25519, with `cryptography`)."""
