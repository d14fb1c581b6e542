"""Who takes part in a partnership: parts that exclude each other, and who could act."""
