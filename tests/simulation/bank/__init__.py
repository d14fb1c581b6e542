"""A bank that keeps its own book: what is put back elsewhere is not put back here, and every promise is asked of it."""
