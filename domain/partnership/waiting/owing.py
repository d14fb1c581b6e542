"""One thing that somebody owes by a day: what it is, of whom, and by which command it is met."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.values import Value


class ObligationKind(StrEnum):
    """A kind of obligation."""

    REPORT = "REPORT"
    """A report of the grantee."""
    YEARLY_REPORT = "YEARLY_REPORT"
    """The grantee's yearly report under expenditure responsibility (26 CFR 53.4945-5(c))."""
    JUDGEMENT = "JUDGEMENT"
    """The acceptance or return of a report that was received."""
    PAPER = "PAPER"
    """A paper that a condition asks for by a day."""
    REFUND = "REFUND"
    """The money that the final report says is unspent."""
    OVERPAYMENT = "OVERPAYMENT"
    """The money that the grantee was paid beyond the plan, such as where two attempts were booked."""
    PLEDGE = "PLEDGE"
    """An instalment that a donor pledged."""
    CONFIRMATION = "CONFIRMATION"
    """The second signature on a refund."""
    QUESTION = "QUESTION"
    """A question that a newer edition of the rule book asks of what was approved before it (rules 4.16)."""
    BLOCKING = "BLOCKING"
    """The money of a donor that is blocked, which must lie in a blocked account."""
    BLOCKED_REPORT = "BLOCKED_REPORT"
    """The yearly report of blocked property, by 30 September of what is held on 30 June (31 CFR 501.603(b)(2))."""
    RETURNED = "RETURNED"
    """The decision on a payment that came back after the close: to pay it again, or to give it up."""
    RECALL = "RECALL"
    """The bank's answer to a recall, or the return of one that it granted."""
    CORRECTION = "CORRECTION"
    """The correction of an accepted report that accounts for money which came back and was given up."""
    ASSURANCE = "ASSURANCE"
    """The recovery of diverted money, and assurances (26 CFR 53.4945-5(e)(1))."""


JUDGED_WITHIN: Final = timedelta(days=30)
"""The time in which a report is accepted or returned, in which unspent money comes back, and diverted money too."""


MAY_RESOLVE: Final = (Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR)
"""The roles that resolve what the bank said."""


class Obligation(Value):
    """An act that somebody owes by a day."""

    key: str
    """The kind, what it is about and the day: it stays the same until it is met."""
    kind: ObligationKind
    about: str
    """The number of the report, the condition, or what else it is about."""
    what: str
    due: date
    """The last day on which it is in time."""
    since: date
    """The day on which it began."""
    awaiting: tuple[Role, ...]
    command: str
    """The shell's command that meets it, with placeholders in capitals."""


def owes(
    kind: ObligationKind, about: str, words: str, due: date, since: date, act: type[c.StaffCommand], command: str
) -> Obligation:
    """Return an obligation that a command of staff meets, with the roles that may give it."""
    key = f"{kind.value} {about} {due}"
    awaiting = tuple(role for role in Role if role in PROCEDURE[act].roles)
    return Obligation(
        key=key, kind=kind, about=about, what=words, due=due, since=since, awaiting=awaiting, command=command
    )
