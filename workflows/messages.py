"""What goes into a workflow and what comes out: start, snapshot, receipt."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from pydantic import model_validator

from domain.commands import AnyCommand, Propose, Refuse
from domain.events import ACCORD
from domain.identity import derive
from domain.outlook import Outlook, outlook
from domain.partnership import Partnership, Stage
from domain.signing import Terms
from domain.values import Value

SNAPSHOT_SCHEMA: Final = 2
"""The newest shape of a snapshot. Raise it with an entry in `SNAPSHOT_UPGRADES` when the shape changes."""


def _with_one_deadline(written: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 knew one deadline, that of approval; schema 2 knows what is waited for."""
    known = dict(written["partnership"])
    due, escalated = known.pop("approval_due", None), known.pop("escalated", False)
    if due is not None:
        known["deadline"] = {"wait": "APPROVAL", "remind_at": due, "due": due, "escalated": escalated}
    return {**written, "partnership": known, "schema_version": 2}


SNAPSHOT_UPGRADES: Final[dict[int, Any]] = {1: _with_one_deadline}
"""Schema version to the function that lifts a snapshot of it to the next: a run of years meets many deploys."""

HANDLED_LIMIT: Final = 500
"""How many handled commands a snapshot carries. Older ones are still known to the ledger, which refuses them."""


class Handled(Value):
    """A command that was recorded, and what it led to."""

    command_id: UUID
    what: tuple[str, ...]


class Snapshot(Value):
    """Everything a run hands to the next when it continues as new."""

    schema_version: int = SNAPSHOT_SCHEMA
    partnership: Partnership
    handled: tuple[Handled, ...] = ()
    runs: int = 1
    """How many runs this partnership has had."""
    position: int = 0
    """Of the newest event in the ledger."""

    @model_validator(mode="before")
    @classmethod
    def _upgrade(cls, written: Any) -> Any:
        """Lift a snapshot that an older version wrote."""
        if not isinstance(written, dict):
            return written
        version = written.get("schema_version", SNAPSHOT_SCHEMA)
        while (lift := SNAPSHOT_UPGRADES.get(version)) is not None:
            written, version = lift(written), version + 1
        return {**written, "schema_version": SNAPSHOT_SCHEMA}


class CatchUp(Value):
    """The ledger may hold more of the stream than the workflow knows."""


class RegistersChanged(Value):
    """A register that speaks of the partnership's parties may say something else now."""


class PartnershipStart(Value):
    """The input of a partnership's run: its first proposal, or the snapshot of the run before."""

    partnership_id: str
    proposal: Propose | None = None
    snapshot: Snapshot | None = None
    continue_after: int | None = None
    """Continue as new after this many history events, rather than when the server suggests it. For drills."""


class Receipt(Value):
    """The answer to a command: what happened, and what happens next."""

    partnership_id: str
    command_id: UUID
    what: tuple[str, ...]
    """The events it led to."""
    replayed: bool
    """Whether the command was recorded before and this is a second asking."""
    stage: Stage
    version: int
    position: int
    """Of the stream's newest event in the ledger."""
    terms: Terms | None
    """What a next decision would be about, as it stands."""
    on_hold: bool
    outlook: Outlook


def refusal_of(command: AnyCommand, reason: str) -> Refuse:
    """Return the command that puts a refused command on record."""
    return Refuse(
        command_id=derive("refused", command.command_id, reason),
        at=command.at,
        actor=getattr(command, "actor", ACCORD),
        attempted=getattr(command, "kind", type(command).__name__),
        reason=reason,
    )


def receipt(
    partnership: Partnership, position: int, command_id: UUID, what: tuple[str, ...], replayed: bool
) -> Receipt:
    """Return the receipt for a handled command, as the partnership stands now."""
    return Receipt(
        partnership_id=partnership.partnership_id,
        command_id=command_id,
        what=what,
        replayed=replayed,
        stage=partnership.stage,
        version=partnership.version,
        position=position,
        terms=partnership.terms if partnership.proposal is not None else None,
        on_hold=partnership.hold is not None,
        outlook=outlook(partnership),
    )
