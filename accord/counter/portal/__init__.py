"""The manual rail at the counter: a sheet is typed into the bank's portal, and signed by a second person."""
