"""The console's words for acts: as a form calls them, and as the shell does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from accord.console.deciding.acts import ACTS, Act
from domain.partnership.commands import Amend, Propose, StaffCommand, StaffRequest

_OTHERS: Final[dict[type[StaffCommand], tuple[str, str]]] = {
    Propose: ("Propose", "propose FILE"),
    Amend: ("Change", "amend FILE --reason REASON"),
}


def words_of(command: StaffRequest) -> str:
    """Return an act in words, as its form calls it."""
    act = _act(command)
    return act.words if act is not None else _other(command)[0]


def shell_of(command: StaffRequest, partnerships: Sequence[str]) -> str:
    """Return the shell's command for the same act."""
    act = _act(command)
    return act.shell.replace("{id}", " ".join(partnerships)) if act is not None else _other(command)[1]


def _other(command: StaffRequest) -> tuple[str, str]:
    return _OTHERS.get(type(command), (command.kind.replace("_", " "), "--help"))


def _act(command: StaffRequest) -> Act | None:
    return next((act for act in ACTS if isinstance(command, act.command)), None)
