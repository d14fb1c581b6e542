"""`make bench-imports`: a large table of partnerships of before checked, screened and written, each against its aim."""
