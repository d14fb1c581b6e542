"""The pages of the door, one thing a page."""
