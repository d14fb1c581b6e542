"""A draft edition run over decisions that were taken: what it would have asked, refused or let through."""
