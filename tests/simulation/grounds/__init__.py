"""What a simulated world stands on: database, clock, registers, organisation, money."""
