"""Rules for every recorded event: its schema, who may append it, and whose signature it needs."""
