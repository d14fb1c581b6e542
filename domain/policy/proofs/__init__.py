"""What proves what a payee is: registrations abroad, determinations, letters of groups, each by its day."""
