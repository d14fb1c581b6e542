"""Due diligence: what the registers and the rule book say, first and later, and what answers it."""
