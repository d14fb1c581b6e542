"""Read the agreement: the signers, and the account that is paid, with the bank's objections to it."""

from __future__ import annotations

from accord.audit.walk.walk import Walk
from domain.calendars import CALENDAR
from domain.directory.tiers import Role, most_of
from domain.partnership import events as e
from domain.partnership.letter.kinds import LetterKind
from domain.payment.bank_answers import account_fault_in


def issue(walk: Walk, event: e.LetterIssued) -> None:
    """Remember the issuer of an agreement: another person signs it."""
    if event.letter is LetterKind.AGREEMENT:
        walk.agreements[event.pdf_sha256] = event.actor


def sign(walk: Walk, event: e.AgreementSigned) -> None:
    """Record an agreement. A changed account needs finance approval again, and a cooling-off time begins."""
    if walk.account is not None and walk.account != event.account:
        walk.approvals = [approval for approval in walk.approvals if approval.role is not Role.FINANCE_APPROVER]
        days = walk.directory.rules.cooling_off_days if walk.directory.rules else 0
        walk.payable_from = CALENDAR.after(max(event.at, walk.now or event.at), days)
    walk.account, walk.signatory, walk.active, walk.escalated = event.account, event.actor, True, False
    walk.agreement_issuer = walk.agreements.get(event.document_sha256 or "", "")
    walk.account_fault, walk.was_signed = None, True
    walk.quorum = most_of(walk.quorum, event.quorum or ())


def sign_in_doubt(walk: Walk, event: e.AgreementSigned) -> None:
    """Keep the account of an agreement that does not count, so that a change of it is seen."""
    walk.account, walk.signatory, walk.active = event.account, "", False


def note_account_fault(walk: Walk, reason: str) -> None:
    """Remember a fault of the payee's account in the bank's words."""
    if fault := account_fault_in(reason):
        walk.account_fault, walk.faulted_at, walk.faulty = fault, walk.now, walk.account
