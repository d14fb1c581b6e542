"""Pages on partnerships of before: a table is looked at, signed by two and written, and what is claimed is listed."""
