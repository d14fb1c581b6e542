"""The payments that left in a year: who decided each, by which keys, what the bank said, and whether it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from accord.audit.bank.reopening import read_restores
from accord.audit.heads import Heads
from accord.audit.signatures import authorship_of
from accord.client.reading import LedgerAccess
from accord.presentation.sheets import Column
from accord.presentation.words.payments import booking_cells
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.payment.bank_answers import BankAnswer
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from ledger import Ledger
from ledger.tree import leaf_of
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import ListQuery
from records.read_models.lists_as_of import lines_as_of

COLUMNS: Final = (
    Column("partnership_id", "Partnership"),
    Column("tranche", "Tranche"),
    Column("attempt", "Attempt", 9),
    Column("amount", "Sum", is_sum=True),
    Column("payee", "Payee", 1),
    Column("purpose", "For", 12),
    Column("proposed_by", "Proposed by", 11),
    Column("approved_by", "Approved by", 3),
    Column("agreed_by", "Agreement by", 8),
    Column("released_by", "Released by", 2),
    Column("handed_over_on", "Handed over", 5),
    Column("message_id", "File", 10),
    Column("status", "The bank", 4),
    Column("booked", "Booked", 13),
    Column("bank_rate", "The bank's rate", 14),
    Column("bank_charges", "The bank's charges", 15),
    Column("received", "Received", 16),
    Column("value_on", "Value", 7),
    Column("bank_reference", "Its reference", 13),
    Column("bank_file", "Its file", 14),
    Column("verified", "Verified"),
)


class Signer(NamedTuple):
    """The signer of a decision, with the id of the key."""

    actor: str
    key_id: str

    def __str__(self) -> str:
        """Return both, as an auditor compares them with the directory."""
        return f"{self.actor} ({self.key_id})" if self.key_id else self.actor


NO_FILE: Final = "it left in no file that the ledger knows"


async def payments_made(desk: LedgerAccess, year: int) -> AsyncIterator[dict[str, Any]]:
    """Yield every payment that left in a year, in the order of release.

    It left on the day of its hand-over; where the ledger forgot that, on the day on which the bank paid it.
    """
    query, restores = ListQuery("payments", below=f"{year + 1}"), await _left_before_a_restore(desk)
    async for row in lines_as_of(desk.pool, query, LedgerAsOf()):
        if _left_on(row.shown).startswith(f"{year}-"):
            yield await _told(desk, row.shown, restores.get(row.shown["end_to_end_id"]))


async def _left_before_a_restore(desk: LedgerAccess) -> dict[str, int]:
    return dict((await read_restores(desk.reader, await desk.directory(), Heads())).left)


def _left_on(line: Mapping[str, Any]) -> str:
    return str(line.get("handed_over_on") or line.get("settled_on") or "")


async def forgotten_payments(desk: LedgerAccess) -> dict[str, int]:
    """Return the payments that left, as two of finance signed after a restore, and of which the ledger knows no more.

    They are {EndToEndId: the epoch before which it left}.
    """
    epochs = await _left_before_a_restore(desk)
    if epochs:
        async for row in lines_as_of(desk.pool, ListQuery("payments"), LedgerAsOf()):
            if _left_on(row.shown):
                epochs.pop(row.shown["end_to_end_id"], None)
    return epochs


async def _told(desk: LedgerAccess, line: Mapping[str, Any], epoch: int | None) -> dict[str, Any]:
    """Return a payment with what its events say, each read from the ledger and verified now.

    `epoch`: before which it left, as two of finance signed after a restore; None if nobody did.
    """
    reference, tranche, attempt = line["partnership_id"], line["tranche"], line["attempt"]
    stream_id = StreamId.attempt(reference, tranche, attempt)
    history, events = await desk.history(reference), await desk.reader.read(stream_id)
    release = _release(history, tranche, attempt)
    until = history[: release.version] if release is not None else history
    partnership = fold(reference, tuple(cast(e.Event, recorded_event.event) for recorded_event in until))
    out, answer = partnership.proposed.funds_out, _last_word(events)
    return {
        **{name: line.get(name) for name in ("partnership_id", "tranche", "attempt", "amount", "currency", "payee")},
        "purpose": out.purpose if out is not None else "",
        "proposed_by": [str(signer) for signer in _signers(until, e.PartnershipProposed)],
        "approved_by": [
            str(_signer(event)) for event in _approvals(until, {approval.actor for approval in partnership.approvals})
        ],
        "agreed_by": [str(signer) for signer in _signers(until, e.AgreementSigned)],
        "released_by": str(_signer(release)) if release is not None else line["released_by"],
        **{name: line.get(name) for name in ("released_at", "handed_over_on", "message_id", "status", "value_on")},
        **_booking(answer),
        "bank_reference": answer.bank_reference if answer is not None else "",
        "bank_file": answer.file_sha256 if answer is not None else "",
        "verified": str(await _fault(desk, line, stream_id, release) or gap_of(line, epoch) or "yes"),
    }


def _booking(answer: BankAnswer | None) -> dict[str, str]:
    """Return the figures of the bank's newest word, or empty cells where that is no booking."""
    if answer is None or not answer.is_booking:
        return booking_cells(None, None)
    return booking_cells(answer.figures, answer.money)


def gap_of(line: Mapping[str, Any], epoch: int | None) -> Fault | None:
    """Return the fault of a payment of which the ledger knows no hand-over, or None if it knows one."""
    if line.get("handed_over_on"):
        return None
    signature_words = (
        f", and two of finance signed that it left before epoch {epoch} began" if epoch is not None else ""
    )
    return Fault(f"{NO_FILE}{signature_words}")


async def _fault(
    desk: LedgerAccess, line: Mapping[str, Any], stream_id: str, release: RecordedEvent | None
) -> Fault | None:
    """Return the first reason why the record of a payment does not hold, or None."""
    if release is None:
        return Fault("no release of it counts")
    if not line.get("handed_over_on"):
        return None  # there is no hand-over to verify, which is what is said
    partnership = StreamId.partnership(line["partnership_id"])
    plain = Ledger(desk.pool)  # as stored: leaves are of sealed names
    for event in [*await plain.read_stream(partnership), *await plain.read_stream(stream_id)]:
        if leaf_of(event) != event.leaf:
            return Fault(f"event {event.position} was changed after it was recorded")
    faults = await authorship_of(desk.ledger, desk.registrar, partnership)
    return next((Fault(f"version {version}: {fault}") for version, fault in faults.items() if fault), None)


def _release(history: Sequence[RecordedEvent], tranche: int, attempt: int) -> RecordedEvent | None:
    for recorded_event in history:
        event = recorded_event.event
        if isinstance(event, e.TrancheReleased) and (event.tranche, event.attempt) == (tranche, attempt):
            return recorded_event
    return None


def _approvals(history: Sequence[RecordedEvent], standing: set[str]) -> list[RecordedEvent]:
    """Return the newest approval of each person whose approval stood."""
    approvals = {
        recorded_event.event.actor: recorded_event
        for recorded_event in history
        if isinstance(recorded_event.event, e.ApprovalGiven)
    }
    return [event for actor, event in approvals.items() if actor in standing]


def _signers(history: Sequence[RecordedEvent], kind: type[Any]) -> list[Signer]:
    return [_signer(recorded_event) for recorded_event in history if isinstance(recorded_event.event, kind)]


def _signer(recorded_event: RecordedEvent) -> Signer:
    event: Any = recorded_event.event
    signature = getattr(event, "signature", None)
    return Signer(event.actor, signature.key_id if signature is not None else "")


def _last_word(history: Sequence[RecordedEvent]) -> BankAnswer | None:
    """Return the newest word of the bank that changed something."""
    answers = [getattr(recorded_event.event, "answer", None) for recorded_event in history]
    return next((answer for answer in reversed(answers) if isinstance(answer, BankAnswer)), None)
