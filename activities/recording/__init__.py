"""Record what was decided of a partnership: through the second gate, with the turns at funds and the truths told."""
