"""Shell commands on the organisation: staff, people who are named, what must be kept and what is set aside."""
