"""Shell commands that bring in what exists already."""
