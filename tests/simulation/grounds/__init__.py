"""The grounds of a simulated world: database, clock, registers, organisation, money."""
