"""Proofs of a payee's status: registrations abroad, determinations, letters of groups, each by its day."""
