"""Recalls: a payment that left is asked back of the bank, as a case with a deadline and a person (EPC217-08, camt.055).

A recall ends nothing, and neither does the bank's answer to it, even where the bank grants it: only a booked return
does, or the bank's rejection of a payment that was not booked yet.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import Field

from domain.payment.banking_days import execution_day
from domain.values import Value, is_none

ANSWERED_WITHIN: Final = 10
"""Business days in which a bank answers a recall, where the organisation says nothing else."""

REVERSED_WITHIN: Final = 5
"""Banking days from its settlement in which an ACH credit may be reversed (Nacha Operating Rules, 2.9)."""

_CASE: Final = re.compile(r"(ACC[A-Z2-7]{26})-R([1-9][0-9]?)")


def reversible_until(settled_on: date) -> date:
    """Return the last day on which an ACH credit that settles on a day may be reversed."""
    day = settled_on
    for _ in range(REVERSED_WITHIN):
        day = execution_day(day + timedelta(days=1), ("USD",))
    return day


class RecallAnswer(StrEnum):
    """The bank's answer to a recall (camt.029)."""

    GRANTED = "GRANTED"
    """The money is to come back (CNCL). It is not back before its return is booked."""
    REFUSED = "REFUSED"
    """It does not come back (RJCR), unless a return is booked all the same."""
    IN_PART = "IN_PART"
    """A part of the money is to come back, or all of it less fees (PECR)."""
    PENDING = "PENDING"
    """The bank has passed the recall on, and says nothing of its outcome yet (PDCR)."""


GRANTS: Final = frozenset({RecallAnswer.GRANTED, RecallAnswer.IN_PART})
"""The answers after which a return is waited for."""


class RecallCase(NamedTuple):
    """A recall by what a bank is told of it: the payment's EndToEndId, and the number of its recall."""

    end_to_end_id: str
    number: int

    @property
    def name(self) -> str:
        """The identifier of the case, by which the bank answers (at most 35 characters)."""
        return f"{self.end_to_end_id}-R{self.number}"


def case_named(name: str) -> RecallCase | None:
    """Return the recall of a case's identifier, or None if it is none of ours."""
    match = _CASE.fullmatch(name)
    return None if match is None else RecallCase(match[1], int(match[2]))


class Recall(Value):
    """A recall of an attempt to pay."""

    tranche: int
    attempt: int
    number: int = 1
    """Its number among the recalls of the attempt."""
    responsible: str
    """The person who follows it up."""
    asked_on: date
    due: date
    """The day by which the bank answers or, once it granted the recall, by which the return is booked."""
    answer: RecallAnswer | None = Field(default=None, exclude_if=is_none)
    """The bank's newest answer, or None while there is none."""

    @property
    def granted(self) -> bool:
        """True if the bank granted it, and its return is waited for."""
        return self.answer in GRANTS
