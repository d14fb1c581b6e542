"""The lines of a partnership and of an attempt to pay in lists, and the terms that find each line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

from pydantic import TypeAdapter

from domain.partnership.partners import key_of
from domain.partnership.people.staffing import steps_ahead
from domain.partnership.people.steps import StepAhead
from domain.partnership.state import Partnership
from domain.partnership.waiting.clock import open_deadline
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.obligations import is_at_rest, obligations
from domain.partnership.waiting.outlook import outlook
from domain.policy.conditions import CONDITIONS
from ledger.projections import Document, Line
from records.read_models.lists import party_term, words_of
from records.read_models.result_lines import objective_of, result_lines

NEVER: Final = "9999-12-31"
"""Stands for no day in a list: what has none comes last."""

_LETTERS: Final = 100
"""Letters of a title that count in the order of titles."""

_AHEAD: Final[TypeAdapter[tuple[StepAhead, ...]]] = TypeAdapter(tuple[StepAhead, ...])

WAITS: Final = {
    Wait.ANSWER: "the proposer's answer",
    Wait.CLEARANCE: "a verifier's look at the referral",
    Wait.APPROVAL: "approval",
    Wait.AGREEMENT: "the signed agreement",
    Wait.HOLD: "the lifting of the hold",
    Wait.OBLIGATION: "what is owed",
}


def lines_of(state: Partnership, proposed_on: date) -> list[Line]:
    """Return the lines of a partnership: its own, what is owed and what is measured. None before it is proposed."""
    if state.proposal is None:
        return []
    return [_partnership(state, proposed_on), *_obligations(state), *result_lines(state)]


def _partnership(state: Partnership, proposed_on: date) -> Line:
    proposal, state_outlook, money = state.proposed, outlook(state), state.proposed.money
    payee = proposal.funds_out.payee if proposal.funds_out is not None else None
    is_over, required_approvals = is_at_rest(state), state.required_approvals
    cells: Document = {
        "partnership_id": state.partnership_id,
        "title": proposal.title,
        "partner": proposal.partner.name,
        "payee": payee.name if payee is not None else None,
        "country": proposal.partner.country,
        "objective": objective_of(state),
        "funder": ", ".join(proposal.funder_ids),
        "funds": _funds(state),
        "amount": str(money.amount) if money else None,
        "currency": money.currency if money else None,
        "paid_or_in_flight": str(state.paid_or_in_flight),
        "stage": state.stage.value,
        "on_hold": state.hold is not None,
        "why": state.why,
        "ended": state.ended,
        "at_rest": is_over,
        "awaiting": [role.value for role in state_outlook.awaiting],
        "next_step": state_outlook.next_step,
        "command": state_outlook.command,
        "approvers": len(required_approvals),
        "approved": len(required_approvals) - len(state.missing_approvals),
        "due": state_outlook.due.isoformat() if state_outlook.due else None,
        "since": state.since.isoformat() if state.since else None,
        "proposed_on": proposed_on.isoformat(),
        "assigned": state.assigned,
        "version": state.version,
        "ahead": _AHEAD.dump_python(steps_ahead(state), mode="json", exclude_defaults=True),
    }
    place = f"{_place(state_outlook.due)}~{state.partnership_id}"
    return Line("partnerships", place, tuple(_terms(state, cells)), cells["amount"], {**cells, **orders_of(cells)})


def orders_of(cells: Document) -> Document:
    """Return a line's places in the other orders of its list (`lists.ORDERS`)."""
    amount = f"{Decimal(cells['amount'] or 0):027.4f}"
    places = {
        "by_title": cells["title"].casefold()[:_LETTERS],
        "by_amount": f"{cells['currency'] or ''}~{amount}",
        "by_since": cells["since"] or "",
    }
    return {order: f"{place}~{cells['partnership_id']}" for order, place in places.items()}


def _terms(state: Partnership, cells: Document) -> Iterator[str]:
    proposal = state.proposed
    for name in ("stage", "country", "currency"):
        if cells[name]:
            yield f"{name}:{cells[name]}"
    yield f"held:{'yes' if cells['on_hold'] else 'no'}"
    yield f"open:{'no' if cells['at_rest'] else 'yes'}"
    yield f"year:{cells['proposed_on'][:4]}"
    yield f"assigned:{state.assigned or '-'}"
    yield f"agreement:{proposal.under or proposal.reference}"
    yield f"objective:{cells['objective']}"
    yield from (f"funder:{funder_id}" for funder_id in proposal.funder_ids)
    yield from (f"fund:{fund}" for fund in cells["funds"])
    yield from (f"awaits:{role}" for role in cells["awaiting"])
    yield from (party_term(key_of(organization)) for organization in proposal.organizations)
    yield from (f"partner:{word}" for word in words_of(cells["partner"]))
    yield from (f"payee:{word}" for word in words_of(cells["payee"] or ""))
    yield from words_of(state.partnership_id, *(cells[name] or "" for name in ("title", "partner", "payee")))


def _funds(state: Partnership) -> list[str]:
    """Return the funds that pay, or that are to pay, the money out."""
    out = state.proposed.funds_out
    return [share.fund for share in state.shares] or ([part.fund for part in out.parts] if out is not None else [])


def _obligations(state: Partnership) -> list[Line]:
    """Return a line for each open obligation. One whose due date no policy sets has none."""
    number = count()
    return [_owed(state, next(number), **obligation) for obligation in _owed_by(state)]


def _owed_by(state: Partnership) -> Iterator[dict[str, Any]]:
    open_obligations = obligations(state)
    subjects = {obligation.about for obligation in open_obligations}
    for paper in state.open_conditions():
        if paper.value not in subjects and not state.ended:
            yield {"what": CONDITIONS[paper].what, "due": None, "kind": paper.value}
    deadline = None if state.ended else open_deadline(state) or state.deadline
    if deadline is not None:
        yield {"what": WAITS[deadline.wait], "due": deadline.due.date(), "kind": deadline.wait.value}
    yield from (
        {"what": obligation.what, "due": obligation.due, "kind": obligation.kind.value}
        for obligation in open_obligations
    )


def _owed(state: Partnership, number: int, what: str, due: date | None, kind: str) -> Line:
    cells = {
        "due": due.isoformat() if due else None,
        "partnership_id": state.partnership_id,
        "kind": kind,
        "what": what,
    }
    terms = (f"kind:{kind}", f"partnership:{state.partnership_id}", *words_of(what, state.partnership_id))
    place = f"{due.isoformat() if due else NEVER}~{state.partnership_id}~{kind}~{number:03}"
    return Line("obligations", place, terms, None, cells)


def _place(due: datetime | None) -> str:
    return due.isoformat() if due is not None else NEVER
