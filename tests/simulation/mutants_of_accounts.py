"""Mends of money that is booked otherwise than instructed: charges, parts, statements, recalls, rests, refunds."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from unittest.mock import patch

from accord.audit.bank.attempts import AttemptsByEvidence
from accord.audit.walk import payments as audit_payments
from accord.audit.walk.walk import Walk
from accord.client.waiting import account_statements, beliefs
from accord.counter.differences import counting
from activities.bookings import Bookings
from domain.partnership import events as e
from domain.partnership import evolution
from domain.partnership.payment import admission, recalling
from domain.partnership.standing.instalments import TrancheProgress
from domain.partnership.state import TrancheState
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche import answers as bank_word
from domain.payment.tranche.events import PaymentSettled
from tests.simulation.judge.violations import Promise

BALANCE: Final = frozenset({Promise.BALANCE})


class Taken(NamedTuple):
    """A mend that is taken out: its name, the promises that break, and what stands in its place."""

    name: str
    breaks: frozenset[Promise]
    changes: tuple[tuple[Any, str, Any], ...]
    kinds: frozenset[str]

    @property
    def patches(self) -> tuple[Any, ...]:
        """Return the patches that take it out."""
        return tuple(lambda change=change: patch.object(*change) for change in self.changes)


def _nothing(*_: Any, **__: Any) -> None:
    """Nothing is found."""


async def _no_fault(*_: Any, **__: Any) -> None:
    """Nothing is found."""


def _whole(_: Any, answer: Any, terms: Any) -> PaymentSettled:
    """Every booking settles its payment, however much was booked."""
    return PaymentSettled(at=answer.said_at, answer=answer, weighing=None)


_recall_changed = evolution.EVOLUTION[e.RecallAnswered]


def _granted_is_back(partnership: Any, event: Any) -> Any:
    """A granted recall is taken for the money."""
    changed = _recall_changed(partnership, event)
    if event.answer is not RecallAnswer.GRANTED:
        return changed
    moved = [
        one.model_copy(update={"state": TrancheState.RETURNED}) if one.number == event.tranche else one
        for one in partnership.tranches
    ]
    return {"tranches": tuple(moved), **recalling.without_recall(partnership, event.tranche, event.attempt)}


_release_fault = audit_payments._release_fault


def _without_recalls(walk: Walk, release: Any) -> Any:
    walk.recalls = set()
    return _release_fault(walk, release)


def _agreed_by_one(walk: Walk, attempt: Any) -> Any:
    return next(iter(walk.rests.get(attempt, {}).values()), None)


OUT: Final = frozenset({"lead", "take_in"})
"""The steps beside those that a hunt is about: most of these bring a payment to the bank by themselves."""
STATED: Final = OUT | {"bank_states", "pass_time"}

TAKEN: Final = (
    Taken("charges and rates beyond the tolerance settle a payment", frozenset({Promise.TOLERANCE}),
          ((bank_word, "_beyond_tolerance", _nothing),), OUT | {"book_with_charges"}),
    Taken("a booking settles whatever sum was instructed", frozenset({Promise.WORD, Promise.BOOKS}),
          ((bank_word, "_other_content", _nothing),), OUT | {"bank_errs"}),
    Taken("a part that was booked counts as the whole", frozenset({Promise.BOOKS}),
          ((bank_word, "booking_event", _whole),), OUT | {"book_short"}),
    Taken("a part that two count counts as the whole", frozenset({Promise.BOOKS}),
          ((counting, "_counting_sum", lambda attempt, _: attempt.order.money),),
          OUT | {"book_short", "book_with_charges"}),
    Taken("a statement that is missing is not told", BALANCE,
          ((account_statements, "breaks", lambda *_: ()),), STATED | {"bank_charges"}),
    Taken("a part that was booked explains nothing", BALANCE,
          ((beliefs, "_OF_ATTEMPTS", ("PaymentHandedOver", "PaymentSettled", "PaymentReturned")),),
          STATED | {"book_short"}),
    Taken("what was exchanged is compared in the order's currency", BALANCE,
          ((beliefs, "_in_account", lambda answer: answer.money),), STATED | {"book_with_charges"}),
    Taken("a recall does not hold the next attempt", frozenset({Promise.RECALL}),
          ((admission, "open_recall", _nothing),), OUT | {"book_short", "recall_payment", "agree_rest"}),
    Taken("a granted recall ends its attempt", frozenset({Promise.ONCE}),
          ((evolution, "EVOLUTION", {**evolution.EVOLUTION, e.RecallAnswered: _granted_is_back}),
           (AttemptsByEvidence, "fault", _no_fault), (audit_payments, "_release_fault", _without_recalls)),
          OUT | {"recall_payment", "answer_recall", "release", "send"}),
    Taken("one person agrees to a rest", frozenset({Promise.LAWFUL}),
          ((TrancheProgress, "is_releasable", property(lambda one: one.remainder > 0)),
           (Walk, "agreed_remainder", _agreed_by_one)), OUT | {"book_short", "agree_rest"}),
    Taken("a refund needs no entry at the bank", frozenset({Promise.BACK}),
          ((Bookings, "_is_awaited", _no_fault),), STATED | {"pay_back", "record_refund", "confirm_refund"}),
)  # fmt: skip
"""Each is found by a script of money and what comes back of it."""
