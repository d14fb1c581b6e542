"""A draft edition run over the decisions on record: read, judged, kept and verified."""
