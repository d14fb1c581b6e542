"""Reports in the shell: filed, read, and what is owed for them."""
