"""The parts that a person may have in a partnership. Some exclude others."""

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
    REPORTED = "REPORTED"
    """Filed a report of the grantee."""
    ACCEPTED = "ACCEPTED"
    """Accepted or returned a report."""
    HELD = "HELD"
    """Placed the hold in force."""
    LIFTED = "LIFTED"
    """Lifted a hold."""
    OTHER = "OTHER"
    """Any other decision, such as lifting a hold or recording assurances."""
