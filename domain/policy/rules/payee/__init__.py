"""Rules on a payee: what it is, what proves it, by which path it may be paid, who is behind it and whom it supports."""
