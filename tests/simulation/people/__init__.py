"""The people of a simulated world: staff, guardians, operators."""
