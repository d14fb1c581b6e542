"""Names of people in texts, however they are written."""
