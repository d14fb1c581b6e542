"""Messages into a workflow and out of it: start, receipt."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict

from domain.partnership.commands import Propose
from domain.partnership.outlook import Outlook, outlook
from domain.partnership.state import Partnership, Stage
from domain.signing import Terms
from domain.values import PartnershipId, Value


class CatchUp(Value):
    """The ledger may hold more of the stream than the workflow knows."""


class RegistersChanged(Value):
    """A register that speaks of the partnership's parties may say something else now."""


class PartnershipStart(Value):
    """The input of a partnership's run: its first proposal, or its id alone; the rest is read from the ledger.

    What else somebody puts here counts for nothing: whoever reaches Temporal may start a workflow.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    partnership_id: PartnershipId
    proposal: Propose | None = None
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
