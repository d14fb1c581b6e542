"""Acts of the organisation by browser."""
