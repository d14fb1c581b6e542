"""One partnership: its commands, events and state, and the decisions on it."""
