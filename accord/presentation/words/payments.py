"""The words of payments: how each stands, on which day, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from accord.presentation.filters import STANDINGS
from domain.payment.account_numbers import masked


class Standing(NamedTuple):
    """The standing of a payment in words, with the tone and the icon that say the same."""

    words: str
    tone: str
    icon: str
    happened: str = ""
    """The word before its day, where the standing does not say what happened on it."""


STANDING_WORDS: Final[Mapping[str, Standing]] = {
    "ready": Standing("Ready", "warn", "clock", "released "),
    "at-the-bank": Standing("At the bank", "info", "bank", "sent "),
    "under-way": Standing("Ready or at the bank", "info", "bank"),
    "paid": Standing("Paid", "good", "okring"),
    "refused": Standing("Refused", "bad", "stop"),
    "came-back": Standing("Came back", "bad", "back"),
    "kept-back": Standing("Kept back", "bad", "stop", "released "),
    "taken-back": Standing("Taken back", "neutral", "back", "released "),
}
"""By the names of `STANDINGS`."""

DAYS_IN_WORDS: Final[Mapping[str, str]] = {
    "released_at": "Released",
    "instructed_on": "Order to the bank written",
    "handed_over_on": "Handed over to the bank",
    "settled_on": "Booked by the bank",
    "value_on": "Value day",
    "rejected_on": "Refused by the bank",
    "returned_on": "Came back",
}
"""The days of a payment, in the order in which they come."""


def standing_of(status: str) -> str:
    """Return the name of how a payment of a status stands."""
    return next(name for name, statuses in STANDINGS.items() if status in statuses)


def standing_in_words(status: str) -> Standing:
    """Return the standing of a payment of a status, in words."""
    standing = STANDING_WORDS[standing_of(status)]
    return standing._replace(words=f"{standing.words}, no answer", tone="warn") if status == "UNKNOWN" else standing


def subject_in_words(cells: Mapping[str, Any]) -> str:
    """Return the subject of a payment: the title of its partnership, and which of its payments it is."""
    place = f"{cells['tranche']} of {cells['of']}" if cells["of"] else f"payment {cells['tranche']}"
    return f"{cells['title'] or cells['partnership_id']}, {place}"


def tries_in_words(attempt: int) -> str:
    """Return the number of its tries in words, or '' for one."""
    return {1: "", 2: "tried twice"}.get(attempt, f"tried {attempt} times")


def bank_in_words(reason: str) -> str:
    """Return the bank's words on a payment, with account numbers by their last digits."""
    return "" if reason == "BOOK" else masked(reason)
