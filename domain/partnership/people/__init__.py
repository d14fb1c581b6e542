"""Who takes part in a partnership: parts that exclude each other, approvals, and who could act."""
