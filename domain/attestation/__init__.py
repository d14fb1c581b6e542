"""The nightly attestation: whether events, postings, the bank's statements and open workflows say the same of money."""
