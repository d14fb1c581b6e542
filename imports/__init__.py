"""An organisation's own tables of partnerships, read row by row, with every fault of every cell."""
