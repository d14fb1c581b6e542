"""The kinds of letters: what each is for, and to whom it goes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class LetterKind(StrEnum):
    """A letter of the house."""

    AWARD = "AWARD"
    """What was decided, before anything is signed."""
    AGREEMENT = "AGREEMENT"
    """The terms, to be signed by both."""
    DECLINE = "DECLINE"
    """That nothing comes of it, why, and what would turn it."""
    QUESTIONS = "QUESTIONS"
    """What the house asks before it goes on."""
    REPORT_ACCEPTED = "REPORT_ACCEPTED"
    REPORT_RETURNED = "REPORT_RETURNED"
    PAYMENT_ADVICE = "PAYMENT_ADVICE"
    """That a payment was made."""
    REMINDER = "REMINDER"
    """What is owed, and by when."""
    GIFT_ACKNOWLEDGEMENT = "GIFT_ACKNOWLEDGEMENT"
    """The written acknowledgement of one contribution (26 USC 170(f)(8))."""
    DOCKET = "DOCKET"
    """What a board reads before it decides."""
    SUMMARY = "SUMMARY"
    """Where a partnership stands."""


class Addressee(StrEnum):
    """The party of a partnership to whom a letter goes. Its name stands in the letter alone, and not in the ledger."""

    PAYEE = "PAYEE"
    PARTNER = "PARTNER"
    DONOR = "DONOR"
    BOARD = "BOARD"


TO_THE_BOARD: Final = frozenset({LetterKind.DOCKET, LetterKind.SUMMARY})
"""The letters that stay within the house."""

NUMBERED: Final[Mapping[LetterKind, str]] = MappingProxyType(
    {
        LetterKind.REPORT_ACCEPTED: "report",
        LetterKind.REPORT_RETURNED: "report",
        LetterKind.PAYMENT_ADVICE: "tranche",
        LetterKind.GIFT_ACKNOWLEDGEMENT: "contribution",
    }
)
"""The letters about one of several, with what is numbered."""
