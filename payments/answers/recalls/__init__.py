"""The bank's answers to recalls: read from its message, and matched to the payment that was recalled."""
