"""Refusals of commands, which are recorded in the ledger and returned to whoever gave the command."""

from __future__ import annotations

from typing import Final

from domain import errors
from domain.errors import DomainError
from domain.identity import ACCORD, derive
from domain.partnership.commands import AnyCommand, Refuse

KINDS: Final[dict[str, type[DomainError]]] = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)
}
"""By class name: every type of refusal. An activity returns the name to the workflow."""


def refusal_of(command: AnyCommand, reason: str, has_match: bool = False) -> Refuse:
    """Return the command that records the refusal of a command. `has_match`: it named a party of a sanctions list."""
    return Refuse(
        command_id=derive("refused", command.command_id, reason),
        at=command.at,
        actor=getattr(command, "actor", ACCORD),
        attempted=getattr(command, "kind", type(command).__name__),
        reason=reason,
        matched=has_match,
    )
