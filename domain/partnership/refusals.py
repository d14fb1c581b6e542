"""Refusals of commands: recorded in the ledger, and told to whoever asked."""

from __future__ import annotations

from typing import Final

from domain import errors
from domain.errors import DomainError
from domain.identity import derive
from domain.partnership.commands import AnyCommand, Refuse
from domain.partnership.events import ACCORD

KINDS: Final[dict[str, type[DomainError]]] = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)
}
"""Every type of refusal by its class name, under which an activity returns it to the workflow."""


def refusal_of(command: AnyCommand, reason: str) -> Refuse:
    """Return the command that puts a refused command on record."""
    return Refuse(
        command_id=derive("refused", command.command_id, reason),
        at=command.at,
        actor=getattr(command, "actor", ACCORD),
        attempted=getattr(command, "kind", type(command).__name__),
        reason=reason,
    )
