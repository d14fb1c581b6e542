"""The state shown to a person who decides, and the command built from it.

A command's id is derived from its content and the version that was seen, so sending it again has no second effect.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol, TypeVar, cast
from uuid import UUID

from pydantic import ValidationError

from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of
from domain.identity import derive
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.policy.findings import digest
from domain.proposal import Proposal
from domain.signatures.signing import Terms
from ledger import clock

Made = TypeVar("Made", bound=c.StaffCommand)


class Seen(Protocol):
    """The state on which a person decides: a partnership, or the receipt of the previous command."""

    @property
    def partnership_id(self) -> str:
        """The partnership's id."""

    @property
    def version(self) -> int:
        """The version of its stream."""

    @property
    def position(self) -> int:
        """The position of that version in the ledger."""

    @property
    def terms(self) -> Terms | None:
        """The current terms, to which a decision is bound, or None if nothing was proposed."""


class Sight(NamedTuple):
    """A partnership folded from the ledger, and the position of its newest event."""

    partnership: Partnership
    position: int

    @property
    def partnership_id(self) -> str:
        """The partnership's id."""
        return self.partnership.partnership_id

    @property
    def version(self) -> int:
        """The version of its stream."""
        return self.partnership.version

    @property
    def terms(self) -> Terms:
        """The current terms, to which a decision is bound."""
        return self.partnership.terms


def draft(kind: type[Made], **content: Any) -> Made:
    """Return an unsigned command of the class `kind`.

    Raises:
        BadInput: A field is wrong; the message names every such field.
    """
    try:
        return kind(**content)
    except ValidationError as fault:
        raise BadInput(f"the command has {faults_of(fault)}") from fault


def make_command(sight: Seen, kind: type[c.StaffCommand], actor: str, content: dict[str, Any]) -> c.StaffRequest:
    """Return an unsigned command. Its id is derived from the partnership, the version seen and the content."""
    command = draft(kind, command_id=UUID(int=0), at=clock.now(), actor=actor, **content)
    staff_command = command.model_copy(update={"at": datetime.fromtimestamp(0, UTC)})
    command_id = derive("command", sight.partnership_id, sight.version, digest(staff_command))
    return cast(c.StaffRequest, command.model_copy(update={"command_id": command_id}))


def first_proposal_id(proposal: Proposal, actor: str) -> UUID:
    """Return the id of the command that first submits a proposal: the same for the same file by the same person."""
    return derive("propose", proposal.reference, actor, digest(proposal))
