"""`make bench-portfolio`: payees drawn from the registers, beside an independent reading of the rules."""
