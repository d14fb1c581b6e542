"""The nightly attestation: read the four sides, compare them, and sign a line."""
