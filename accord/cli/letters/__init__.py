"""Shell commands on letters."""
