"""How an attempt to pay a tranche stands, and how it ended."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class TrancheStatus(StrEnum):
    """The status of an attempt to pay a tranche."""

    RELEASED = "RELEASED"
    INSTRUCTED = "INSTRUCTED"
    """The instruction is frozen, and no file with it was handed over yet."""
    HANDED_OVER = "HANDED_OVER"
    """The payment's file was handed over to the bank, and only the bank's answer ends the attempt."""
    ACCEPTED = "ACCEPTED"
    """The bank accepted it (ACTC, ACCP, ACSP, PDNG ...): it is in flight and is never sent again."""
    UNKNOWN = "UNKNOWN"
    """The bank has not answered. Only its answer or a person ends this; a timeout never sends the payment again."""
    WITHHELD = "WITHHELD"
    CANCELLED = "CANCELLED"
    SETTLED = "SETTLED"
    SHORT = "SHORT"
    """The bank booked less than was instructed. The rest is another attempt's, if people decide so."""
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"


class TrancheOutcome(StrEnum):
    """The outcome of an attempt to pay, as the partnership records it."""

    SETTLED = "SETTLED"
    SHORT = "SHORT"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHHELD = "WITHHELD"
    CANCELLED = "CANCELLED"


AT_THE_BANK: Final = frozenset({TrancheStatus.HANDED_OVER, TrancheStatus.ACCEPTED, TrancheStatus.UNKNOWN})
"""The statuses of an attempt that was handed over and that no answer of the bank has ended."""
