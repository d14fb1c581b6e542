"""The parts that a person may have in a partnership, as far as a decision of theirs can fall."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """A person's part in a partnership."""

    PROPOSED = "PROPOSED"
    CLEARED = "CLEARED"
    APPROVED = "APPROVED"
    CALLED_BACK = "CALLED_BACK"
    SIGNED = "SIGNED"
    RELEASED = "RELEASED"
    FILED = "FILED"
    """Put a condition's papers on file."""
    HELD = "HELD"
    """Placed the hold that stands."""
    LIFTED = "LIFTED"
    """Lifted a hold."""
    OTHER = "OTHER"
    """Lifted a hold, recorded assurances."""
