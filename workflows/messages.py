"""Messages to and from a partnership's workflow: its input, requests to read or recheck, and receipts."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field

from activities.contracts import KnownVersion
from domain.identity import derive
from domain.partnership.commands import Propose, StaffRequest, WorkflowCommand
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.outlook import Outlook, outlook
from domain.policy.findings import digest
from domain.signatures.signing import Terms
from domain.values import PartnershipId, Value, is_none


class CatchUp(Value):
    """A request to read the ledger: the stream may have events that the workflow does not know."""


class RegistersChanged(Value):
    """A request to recheck: register data on the partnership's parties may have changed."""


class PartnershipStart(Value):
    """The input of a partnership's workflow: its id and, for a new one, its first proposal.

    Without a proposal, the state is read from the ledger. Unknown fields are ignored: anybody who reaches Temporal may
    start a workflow.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    partnership_id: PartnershipId
    proposal: Propose | None = None
    continue_after: int | None = None
    """Continue as new after this many history events, rather than when the server suggests it. For drills."""
    known: KnownVersion | None = Field(default=None, exclude_if=is_none)
    """The newest event that the run before knew, if there was one: the ledger must still hold it (ADR 0064)."""


class Receipt(Value):
    """The answer to a command: what happened, and what happens next."""

    partnership_id: str
    command_id: UUID
    what: tuple[str, ...]
    """The types of the events that the command led to."""
    replayed: bool
    """True if the command had been recorded before, so that this answers a repeated request."""
    stage: Stage
    version: int
    position: int
    """The position in the ledger of the stream's newest event."""
    terms: Terms | None
    """The current terms, to which the next decision is bound, or None before the first proposal."""
    on_hold: bool
    outlook: Outlook


def update_id(command: StaffRequest | WorkflowCommand) -> str:
    """Return the id of the update that asks for a command: the same for the same signature, another for another one.

    The server answers a known id with what it answered first. After the refusal of a wrong key, the right key's
    signature is another request for the same command.
    """
    signature = getattr(command, "signature", None)
    return str(derive("update", command.command_id, digest(signature)) if signature is not None else command.command_id)


def update_ids(command: StaffRequest | WorkflowCommand) -> tuple[str, str]:
    """Return the ids that an update may bear that asks for a command: its own, and that of releases up to 0.2.0."""
    return update_id(command), str(command.command_id)


def receipt(
    partnership: Partnership, position: int, command_id: UUID, event_types: tuple[str, ...], is_replay: bool
) -> Receipt:
    """Return the receipt for a handled command, with the partnership's present state."""
    return Receipt(
        partnership_id=partnership.partnership_id,
        command_id=command_id,
        what=event_types,
        replayed=is_replay,
        stage=partnership.stage,
        version=partnership.version,
        position=position,
        terms=partnership.terms if partnership.proposal is not None else None,
        on_hold=partnership.hold is not None,
        outlook=outlook(partnership),
    )
