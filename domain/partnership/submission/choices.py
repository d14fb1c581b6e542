"""The invitations that can be ended, in words."""

from __future__ import annotations

from domain.partnership.acts import Choices
from domain.partnership.state import Partnership


def open_invitations(partnership: Partnership) -> Choices:
    """Return the invitations that nobody ended."""
    return tuple(
        (str(invitation.number), f"{invitation.form.value.lower()}, until {invitation.until}")
        for invitation in partnership.invitations
        if not invitation.ended
    )
