"""Money of a partnership: payments, what comes back, diversions, and what a payment answers for."""
