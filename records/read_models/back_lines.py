"""Lines of money that came back of payments, in the list of payments: each with a sum below zero, on its own day.

The attempt of which a part came back stays paid in full in its own stream, so its line cannot say it. With these lines
the list adds up to what its partnership calls spent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from domain.partnership.payment.events import ContradictionResolved
from domain.partnership.refund.refunds import Place, Refund, came_from_grantee, confirmed
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankStatus
from ledger.projections import Document, Line
from records.read_models.lists import BACK, words_of
from records.read_models.payment_lines import PAYMENTS_BY_SUM, PAYMENTS_LIST, in_order

ZERO: Final = Decimal(0)


class PartBack(NamedTuple):
    """A part of what an attempt paid that came back through the bank, as people confirmed."""

    tranche: int
    attempt: int
    amount: Decimal
    day: str
    reason: str

    @property
    def place(self) -> Place:
        """The numbers of its tranche and attempt."""
        return self.tranche, self.attempt


Parts = tuple[PartBack, ...]


def kept_parts(document: Document | None) -> Parts:
    """Return the parts that came back, as a partnership's document keeps them."""
    kept = document.get("back", []) if document is not None else []
    return tuple(PartBack(**{**part, "amount": Decimal(part["amount"])}) for part in kept)


def document_of(parts: Parts) -> Mapping[str, Any]:
    """Return the same for the document, or nothing where nothing came back."""
    return {"back": [{**part._asdict(), "amount": str(part.amount)} for part in parts]} if parts else {}


def with_part(parts: Parts, before: Partnership, event: Any) -> Parts:
    """Return the parts after an event. What came back whole is none: its attempt's own line says so.

    `before`: the partnership before the event.
    """
    answer = event.answer if isinstance(event, ContradictionResolved) else None
    if answer is None or answer.status is not BankStatus.RETURNED:
        return parts
    place = answer.tranche, answer.attempt
    paid = before.settled.get(place, ZERO) + sum((part.amount for part in parts if part.place == place), ZERO)
    if answer.money.amount >= paid:
        return parts
    part = PartBack(*place, answer.money.amount, event.at.date().isoformat(), f"{answer.code} {answer.reason}".strip())
    return (*parts, part)


def back_lines(state: Partnership, parts: Sequence[PartBack]) -> list[Line]:
    """Return the lines of what came back of the payments of a partnership, each in both orders of the list."""
    if state.proposal is None or state.proposed.funds_out is None:
        return []
    cells = [*(_cells(state, part) for part in parts), *_refunds(state)]
    return [line for number, row in enumerate(cells) for line in _lines(row, number)]


def _refunds(state: Partnership) -> Iterator[Document]:
    """Yield what the payee paid back, by the bookings that two people signed, as far as it can be of a payment."""
    refunds, counted = confirmed(state.refunds), ZERO
    for number, refund in enumerate(refunds, start=1):
        back = came_from_grantee(refunds[:number], state.settled)
        if back > counted:
            yield _cells(state, _part_of(state, refund, back - counted))
        counted = back


def _part_of(state: Partnership, refund: Refund, amount: Decimal) -> PartBack:
    """Return a refund as a part that came back, of the newest attempt that it can be of."""
    places = [place for place in refund.paid_then or state.settled if place in state.settled]
    day = refund.booked_on or state.since or date.min
    return PartBack(*max(places), amount, day.isoformat(), f"paid back by the payee, {refund.name}")


def _cells(state: Partnership, part: PartBack) -> Document:
    out = state.proposed.funds_out
    assert out is not None  # noqa: S101  # its payments came back
    return {
        "day": part.day,
        "partnership_id": state.partnership_id,
        "title": state.proposed.title,
        "tranche": part.tranche,
        "of": len(out.tranches),
        "attempt": part.attempt,
        "amount": str(-part.amount),
        "currency": out.currency,
        "payee": out.payee.name,
        "funder": out.funder,
        "funds": ", ".join(share.fund for share in (state.shares or out.parts)),
        "released_by": "",
        "released_at": None,
        "status": BACK,
        "end_to_end_id": "",
        "message_id": "",
        "reason": part.reason,
        "booking": None,
        "returned_on": part.day,
    }


def _lines(cells: Document, number: int) -> tuple[Line, Line]:
    name = f"{cells['day']}~{cells['partnership_id']}~{cells['tranche']:03}~{cells['attempt']:03}~back{number:03}"
    by_sum = f"{cells['currency']}~{in_order(Decimal(cells['amount']))}~{name}"
    terms = tuple(_terms(cells))
    return (
        Line(PAYMENTS_LIST, name, terms, cells["amount"], cells),
        Line(PAYMENTS_BY_SUM, by_sum, terms, cells["amount"], cells),
    )


def _terms(cells: Document) -> Iterator[str]:
    yield f"status:{BACK}"
    yield f"partnership:{cells['partnership_id']}"
    yield from (f"{name}:{cells[name]}" for name in ("currency", "funder", "day"))
    yield f"month:{cells['day'][:7]}"
    yield from (f"fund:{fund}" for fund in (cells["funds"] or "-").split(", "))
    yield from (f"payee:{word}" for word in words_of(cells["payee"]))
    yield from words_of(cells["payee"], cells["title"], cells["partnership_id"])
