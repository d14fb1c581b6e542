"""The bookings on record that the statement of their day should have, and does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.directory.tiers import HouseRules
from domain.payment.continuity import ClosedStatement
from domain.payment.stated.entries import Belief, EntryKind

DEFAULT_DAYS: Final = 5
_OF_PEOPLE: Final = frozenset({EntryKind.REFUND, EntryKind.TO_DONOR})
_BELIEVED: Final = frozenset(
    {
        EntryKind.PAYMENT,
        EntryKind.RETURN,
        EntryKind.GIFT,
        EntryKind.GIFT_TAKEN_BACK,
        EntryKind.REFUND,
        EntryKind.TO_DONOR,
        EntryKind.OUTSIDE,
    }
)
"""The kinds of bookings that are taken to stand on the account. What people are still asked about is not."""


def kind_of_unstated(belief: Belief, statements: Sequence[ClosedStatement]) -> EntryKind | None:
    """Return what a booking is that no entry of an account's statements is, or None if no statement can have it yet.

    A refund is the word of people, so that it is not seen at the bank before a statement has it.
    """
    on = belief.booked_on or belief.since
    if on is None or belief.explanation not in _BELIEVED:
        return None
    in_currency = [statement for statement in statements if statement.currency == belief.currency]
    if any(statement.opened_on <= on <= statement.closed_on for statement in in_currency):
        return EntryKind.NOT_STATED
    first_day = min((statement.opened_on for statement in in_currency), default=None)
    return EntryKind.NOT_SEEN if belief.explanation in _OF_PEOPLE and _is_since(on, first_day) else None


def _is_since(on: date, first_day: date | None) -> bool:
    """True if a day is not before the first statement, or if there is none: then nothing says that it was seen."""
    return first_day is None or on >= first_day


def days_open(since: date, today: date) -> int:
    """Return the days for which something has been open, at least 0."""
    return max(0, (today - since).days)


def most_days(rules: HouseRules | None) -> int:
    """Return the days for which an entry may be open, by the organisation's rule or without one, before it is told."""
    return rules.entry_days if rules is not None and rules.entry_days is not None else DEFAULT_DAYS
