"""The console's words for acts."""

from __future__ import annotations

from accord.console.acts import ACTS
from domain.partnership.commands import Amend, Propose, StaffRequest

_OTHERS = {Propose: "Propose", Amend: "Change"}


def words_of(command: StaffRequest) -> str:
    """Return an act in words, as its form calls it."""
    return next(
        (one.words for one in ACTS if isinstance(command, one.command)), _OTHERS.get(type(command), command.kind)
    )
