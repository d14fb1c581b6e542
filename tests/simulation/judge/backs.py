"""The promise about money that comes back: each booking counts once, whoever tells it, and nothing ends on one's word.

Asked of the ledger's bare rows and of the bank's book.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.bank.records import Said, Word
from tests.simulation.judge.facts import UNREADABLE
from tests.simulation.judge.violations import Promise

ZERO = Decimal(0)
FROM_GRANTEE = "FROM_GRANTEE"

_ROWS = (
    "SELECT stream_id, event_type, payload::text AS content FROM ledger.readable WHERE event_type = ANY ($1) "
    "ORDER BY stream_id, version"
)

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World
_KINDS = [
    *("RefundRecorded", "RefundConfirmed", "RefundWithdrawn", "PaymentReturned", "ContradictionResolved"),
    *("ReportReceived", "ReportAccepted", "PartnershipClosed"),
]


@dataclass
class Recorded:
    """A refund that somebody recorded, as the rows tell it."""

    actor: str
    amount: Decimal
    direction: str
    confirmed: bool = False


@dataclass
class Backs:
    """The rows of a partnership on returned money, in the order in which they stand."""

    refunds: dict[str, Recorded] = field(default_factory=dict)
    """By the bank's reference."""
    returns: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    """By the id of the bank's answer: the file that it is from, and how much."""
    reports: list[dict[str, Any]] = field(default_factory=list)
    final: dict[str, Any] = field(default_factory=dict)
    """The figures of the final report that was accepted last."""
    closed_owing: Decimal = ZERO
    """What was missing of what the final report says is left, when the partnership closed."""

    @property
    def went_back(self) -> Decimal:
        """The sum that went back to the donor, by two people's word."""
        refunds = (one.amount for one in self.refunds.values() if one.confirmed and one.direction != FROM_GRANTEE)
        return sum(refunds, ZERO)

    @property
    def confirmed(self) -> Decimal:
        """The sum from the grantee, by words that count: by two people, or by the bank in part."""
        return self.refunded + sum((amount for _, amount in self.returns.values()), ZERO)

    @property
    def refunded(self) -> Decimal:
        """The sum from the grantee by two people's word alone."""
        refunds = (one.amount for one in self.refunds.values() if one.confirmed and one.direction == FROM_GRANTEE)
        return sum(refunds, ZERO)


async def backs_of(world: World) -> dict[str, Backs]:
    """Return the rows on returned money, by partnership, where nobody wrote without right."""
    found: defaultdict[str, Backs] = defaultdict(Backs)
    for row in await world.pool.fetch(_ROWS, _KINDS):
        stream = row["stream_id"]
        if not stream.startswith("partnership/") or stream in world.forged:
            continue
        with suppress(*UNREADABLE):
            _see(found[stream.split("/")[1]], row["event_type"], json.loads(row["content"]))
    return dict(found)


def _see(backs: Backs, kind: str, told: dict[str, Any]) -> None:
    match kind:
        case "RefundRecorded":
            made = Recorded(told["actor"], Decimal(told["money"]["amount"]), told["direction"])
            backs.refunds.setdefault(told["bank_reference"], made)
        case "RefundConfirmed" if told["actor"] != backs.refunds[told["bank_reference"]].actor:
            backs.refunds[told["bank_reference"]].confirmed = True
        case "RefundWithdrawn" if not backs.refunds[told["bank_reference"]].confirmed:
            backs.refunds.pop(told["bank_reference"])
        case "PaymentReturned":
            _see_return(backs, told["answer"])
        case "ContradictionResolved" if (told.get("answer") or {}).get("status") == "RETURNED":
            _see_return(backs, told["answer"])
        case "ReportReceived":
            backs.reports.append(told)
        case "ReportAccepted" if backs.reports[told["report"] - 1]["report_kind"] == "FINAL":
            backs.final = backs.reports[told["report"] - 1].get("figures") or {}
        case "PartnershipClosed":
            owed = Decimal(backs.final.get("unspent", 0)) + Decimal(backs.final.get("returned", 0))
            backs.closed_owing = max(ZERO, owed - backs.confirmed)


def _see_return(backs: Backs, answer: dict[str, Any]) -> None:
    backs.returns[answer["answer_id"]] = (answer.get("file_sha256") or "", Decimal(answer["money"]["amount"]))


async def ask_backs(world: World) -> None:
    """Ask for each booking back to count once, and for no closing on one person's word. Raises Violation."""
    known = await backs_of(world)
    for fault in (*_counted_twice(world, known), *_closed_too_early(known)):
        world.broken(Promise.BACK, fault)


def _counted_twice(world: World, known: dict[str, Backs]) -> Iterator[str]:
    bookings: dict[str, list[Said]] = {}
    for said in world.bank.said:
        if said.reference and said.word in {Word.RETURNED, Word.RECEIVED}:
            bookings.setdefault(said.reference, []).append(said)
    for reference, told in bookings.items():
        counted = list(_counts(known, reference, {hashlib.sha256(one.content).hexdigest() for one in told}))
        whole = sum((amount for _, amount in counted), ZERO)
        if whole > told[0].amount:
            where = ", ".join(f"{amount} {what}" for what, amount in counted)
            yield f"{told[0].name} books {told[0].amount} back once ({reference}), and it counts as {where}"


def _counts(known: dict[str, Backs], reference: str, files: set[str]) -> Iterator[tuple[str, Decimal]]:
    """All claims of a booking, by two people's word or the bank's."""
    for partnership_id, backs in known.items():
        refund = backs.refunds.get(reference)
        if refund is not None and refund.confirmed and refund.direction == FROM_GRANTEE:
            yield f"a refund in {partnership_id}", refund.amount
        for sha256, amount in backs.returns.values():
            if sha256 in files:
                yield f"a return in {partnership_id}", amount


def _closed_too_early(known: dict[str, Backs]) -> Iterator[str]:
    for partnership_id, backs in known.items():
        if backs.closed_owing:
            yield f"{partnership_id} closed, and {backs.closed_owing} of what is left came back by one person's word"
