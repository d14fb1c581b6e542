"""What people do in a simulated world: staff, guardians, operators."""
