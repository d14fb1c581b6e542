"""Recalls: a payment that left is asked back of the bank, as a case with a deadline and a person (EPC217-08, camt.056).

A recall ends nothing, and neither does the bank's answer to it, even where the bank grants it: only a booked return
does, or the bank's rejection of a payment that was not booked yet.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from domain.values import Value

ANSWERED_WITHIN: Final = 10
"""Business days in which a bank answers a recall, where the organisation says nothing else."""


class RecallAnswer(StrEnum):
    """The bank's answer to a recall (camt.029: CNCL, RJCR)."""

    GRANTED = "GRANTED"
    """The money is to come back. It is not back before its return is booked."""
    REFUSED = "REFUSED"
    """It does not come back, unless a return is booked all the same."""


class Recall(Value):
    """A recall that is open: nothing was booked that would end it, and the bank has not refused it."""

    tranche: int
    attempt: int
    responsible: str
    """The person who follows it up."""
    asked_on: date
    due: date
    """The day by which the bank answers or, once it granted the recall, by which the return is booked."""
    granted: bool = False
