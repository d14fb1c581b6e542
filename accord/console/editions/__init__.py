"""Pages on editions: the list, one of them, and the acts by which two people put one in force."""
