"""The kinds of mail, and which of them go to whom."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

SOON: Final = timedelta(days=30)
"""The time before its day in which a grantee is told of what they owe."""
AGAIN: Final = timedelta(days=30)
"""The time after which they are told again of what is late."""


class MailKind(StrEnum):
    """The kind of a mail: what it tells."""

    DIGEST = "DIGEST"
    """All that waits for a member of staff, once a day."""
    OVERDUE = "OVERDUE"
    """A thing that became overdue, or will lapse, to a member of staff."""
    OWED_SOON = "OWED_SOON"
    OWED_NOW = "OWED_NOW"
    OWED_LATE = "OWED_LATE"
    """What a grantee owes: within thirty days, on the day itself, after it."""
    QUESTION_ASKED = "QUESTION_ASKED"
    AGREEMENT_WAITS = "AGREEMENT_WAITS"
    REPORT_ACCEPTED = "REPORT_ACCEPTED"
    REPORT_RETURNED = "REPORT_RETURNED"
    PAYMENT_SENT = "PAYMENT_SENT"
    PAYMENT_SETTLED = "PAYMENT_SETTLED"
    GRANTEE_INVITED = "GRANTEE_INVITED"
    """A contact is invited to a form of the door."""
    SUBMISSION_RETURNED = "SUBMISSION_RETURNED"
    CONTACT_CHANGED = "CONTACT_CHANGED"
    """An amendment took an address out: the old one is told."""
    ACCOUNT_RECORDED = "ACCOUNT_RECORDED"
    """An account was recorded for a payee who is known already."""
    DOOR_LINK = "DOOR_LINK"
    DOOR_CODE = "DOOR_CODE"
    DOOR_BROWSER = "DOOR_BROWSER"
    DOOR_HANDED_IN = "DOOR_HANDED_IN"
    """The mail that the door queues itself, to whoever has a link."""


OWED: Final = (MailKind.OWED_SOON, MailKind.OWED_NOW, MailKind.OWED_LATE)
"""The kinds about an obligation of a grantee."""
WARNINGS: Final = (MailKind.CONTACT_CHANGED, MailKind.ACCOUNT_RECORDED)
"""The kinds that warn of a theft. They go out also while a hold stands."""

TOLD_BY_EVENT: Final = {
    "InformationRequested": MailKind.QUESTION_ASKED,
    "ReportAccepted": MailKind.REPORT_ACCEPTED,
    "ReportReturned": MailKind.REPORT_RETURNED,
    "TrancheHandedOver": MailKind.PAYMENT_SENT,
    "TrancheEnded": MailKind.PAYMENT_SETTLED,
    "SubmissionReturned": MailKind.SUBMISSION_RETURNED,
    "ProposalRevised": MailKind.CONTACT_CHANGED,
    "ProposalAmended": MailKind.CONTACT_CHANGED,
}
"""The kind of mail that an event of a partnership leads to, by the event's type."""
TOLD_BY_DOOR: Final = {"GranteeInvited": MailKind.GRANTEE_INVITED, "LetterIssued": MailKind.AGREEMENT_WAITS}
"""The same where mail has links: an invitation is one, and the agreement is accepted by it."""


def stage_of(due: date, today: date) -> tuple[MailKind, int] | None:
    """Return the kind of mail about what is due on a day, and how often it was late before, or None long before it."""
    if today < due - SOON:
        return None
    if today <= due:
        return (MailKind.OWED_NOW if today == due else MailKind.OWED_SOON), 0
    return MailKind.OWED_LATE, (today - due - timedelta(days=1)) // AGAIN
