"""Pages of the organisation itself: funds, people and their keys, read and prepared here, and signed elsewhere."""
