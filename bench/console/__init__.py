"""`make bench-console`: pages of lists beside bare reads of the same rows, and readers of live pages."""
