"""The events of the books' own stream: periods that two people close."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from domain.directory.chart import BookRules
from domain.directory.tiers import Role
from domain.payment.counter import CounterAct
from domain.values import Sentence, Sha256

MAY_CLOSE: Final = frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR})
"""The roles that ask for a period's close, and that confirm one which another person asked for."""


MAY_READ: Final = frozenset({Role.AUDITOR, Role.DIRECTOR, Role.FINANCE_APPROVER, Role.PAYER})
"""The roles that read the book in the console."""


class PeriodCloseAsked(CounterAct):
    """Somebody asked to close a period, with the digest of its export. Another person closes it."""

    event_type: Literal["PeriodCloseAsked"] = "PeriodCloseAsked"
    act: ClassVar[str] = "ask_period_close"
    roles: ClassVar[frozenset[Role]] = MAY_CLOSE
    last_day: date
    """The last day of the period, which begins after the one before."""
    position: Annotated[int, Field(ge=1)]
    """The ledger's position up to which the export holds its events. What came later goes to the next period."""
    rules: BookRules
    """The basis and the chart of accounts of the export."""
    form: Annotated[int, Field(ge=1)]
    """The form of the export."""
    sha256: Sha256
    """The digest of the export, as CSV."""
    reason: Sentence


class PeriodClosed(CounterAct):
    """Another person made the same export, and closed the period."""

    event_type: Literal["PeriodClosed"] = "PeriodClosed"
    act: ClassVar[str] = "close_period"
    roles: ClassVar[frozenset[Role]] = MAY_CLOSE
    close_id: UUID
    """The command id under which it was asked for."""


BookEvent = PeriodCloseAsked | PeriodClosed
