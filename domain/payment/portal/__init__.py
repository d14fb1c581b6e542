"""The manual rail: payments that people type into the bank's portal."""
