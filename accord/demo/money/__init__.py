"""The demo's scenes of money: another currency, a return less a fee, a gift taken back, and the line of the day."""
