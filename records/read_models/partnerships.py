"""Portfolio, work queue, obligations and payments: one document per partnership, and one per attempt to pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from domain.directory.disregarded import Disregarded
from domain.partnership.consequences import open_deadline
from domain.partnership.deadlines import Wait
from domain.partnership.evolution import evolve
from domain.partnership.notices import Notice, notice_id, notices
from domain.partnership.obligations import obligations
from domain.partnership.outlook import outlook
from domain.partnership.state import Partnership
from domain.payment.tranche import Tranche, TrancheEvent, TrancheReleasedForPayment, evolve_tranche
from domain.policy.conditions import CONDITIONS
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import StoredEvent
from ledger.projections import Document, Projection
from records.read_models.judging import decoded_event

WAITS: Final = {
    Wait.ANSWER: "the proposer's answer",
    Wait.CLEARANCE: "a verifier's look at the referral",
    Wait.APPROVAL: "approval",
    Wait.AGREEMENT: "the signed agreement",
    Wait.HOLD: "the lifting of the hold",
    Wait.OBLIGATION: "what is owed",
}


def fold_stream(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Fold the events of a partnership's stream, or of the stream of an attempt to pay, into its document."""
    told = [decoded_event(stored) for stored in events]
    if StreamId(events[0].stream_id).is_partnership:
        return _partnership(document, StreamId(events[0].stream_id).subject, told)
    return _payment(document, told)


PARTNERSHIPS: Final = Projection("partnerships", 7, PARTNERSHIP_STREAMS, fold_stream)


def _partnership(document: Document | None, partnership_id: str, events: Sequence[Any]) -> Document:
    state = Partnership(partnership_id=partnership_id)
    if document is not None:
        state = Partnership.model_validate(document["state"])
    standing: dict[str, int] = document.get("standing", {}) if document is not None else {}
    for event in events:
        state = evolve(state, event)
        standing = {one.key: standing.get(one.key, state.version) for one in notices(state)}
    if state.proposal is None:
        return {"state": state.model_dump(mode="json")}
    return {
        "state": state.model_dump(mode="json"),
        "portfolio": _portfolio(state),
        "work": _work(state),
        "obligations": _obligations(state),
        "notices": [_told(partnership_id, one, standing[one.key]) for one in notices(state)],
        "standing": standing,
    }


def _told(partnership_id: str, notice: Notice, since: int) -> Document:
    told = notice_id(partnership_id, notice.key, since)
    return {"notice_id": str(told), "partnership_id": partnership_id, **notice.model_dump(mode="json")}


def _portfolio(state: Partnership) -> Document:
    money, found = state.proposed.money, outlook(state)
    return {
        "title": state.proposed.title,
        "partner": state.proposed.partner.name,
        "country": state.proposed.partner.country,
        "funder": ", ".join(state.proposed.funder_ids),
        "amount": str(money.amount) if money else None,
        "currency": money.currency if money else None,
        "paid_or_in_flight": str(state.paid_or_in_flight),
        "stage": state.stage.value,
        "on_hold": state.hold is not None,
        "next_step": found.next_step,
        "due": found.due.isoformat() if found.due else None,
    }


def _work(state: Partnership) -> list[Document]:
    found = outlook(state)
    due = found.due.isoformat() if found.due else None
    return [{"role": role.value, "step": found.next_step, "due": due} for role in found.awaiting]


def _obligations(state: Partnership) -> list[Document]:
    """Return the open obligations. The due date of one is None if the policy sets none."""
    dated = {one.about for one in obligations(state)}
    papers = (one for one in state.open_conditions() if one.value not in dated and not state.ended)
    owed = [_owed(CONDITIONS[one].what, None, one.value) for one in papers]
    deadline = None if state.ended else open_deadline(state) or state.deadline
    if deadline is not None:
        owed.append(_owed(WAITS[deadline.wait], deadline.due.date(), deadline.wait.value))
    return [*owed, *(_owed(one.what, one.due, one.kind.value) for one in obligations(state))]


def _owed(what: str, due: date | None, kind: str) -> Document:
    return {"what": what, "due": due.isoformat() if due else None, "kind": kind}


def _payment(document: Document | None, events: Sequence[Any]) -> Document:
    known = None if document is None else Tranche.model_validate(document["state"])
    for event in events:
        known = _after(known, event)
    if known is None:
        raise ValueError("an attempt to pay of which nothing counts")
    order = known.order
    return {
        "state": known.model_dump(mode="json"),
        "payment": {
            "partnership_id": order.partnership_id,
            "tranche": order.tranche,
            "attempt": order.attempt,
            "amount": str(order.money.amount),
            "currency": order.money.currency,
            "payee": order.payee.name,
            "released_by": order.released_by,
            "released_at": order.released_at.isoformat(),
            "status": known.status.value,
            "end_to_end_id": known.end_to_end_id,
            "reason": known.reason,
        },
    }


def _after(known: Tranche | None, event: TrancheEvent | Disregarded) -> Tranche | None:
    if known is not None:
        return evolve_tranche(known, event)
    if isinstance(event, Disregarded):
        return None
    if not isinstance(event, TrancheReleasedForPayment):
        raise ValueError(f"an attempt to pay begins with its release, not with {event.event_type}")
    return evolve_tranche(Tranche(order=event.order), event)
