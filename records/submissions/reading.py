"""The gate before a take-over: the grantee's word counts for what the form put before them, and for nothing else."""

from __future__ import annotations

from typing import Any

from domain.fault import Fault
from domain.partnership.acts import StaffCommand
from domain.partnership.commands import Report, SignAgreement
from domain.partnership.state import Partnership
from domain.partnership.submission.invitations import Invitation, form_id
from domain.partnership.submission.taking_over import TakingOver
from domain.submissions.content import BadSubmission, SubmissionContent
from domain.submissions.kinds import ReportWay
from ledger import Ledger
from records.submissions.gate import opened_submission, stored_submission


async def fault_of_reading(ledger: Ledger, partnership: Partnership, command: StaffCommand) -> Fault | None:
    """Return the reason why what a command records is not what the grantee read when they handed in, or None."""
    if not isinstance(command, SignAgreement | Report) or command.submission is None:
        return None
    content = await _content_of(ledger, command)
    if content is None:
        return None
    if isinstance(command, SignAgreement):
        return _fault_of_agreement(content, command)
    return _fault_of_way(content, _invitation_of(partnership, content), command)


async def _content_of(ledger: Ledger, command: TakingOver) -> SubmissionContent | None:
    """Return what was handed in, or None where nobody can read it: the gate before this one says so."""
    assert command.submission is not None  # noqa: S101 - asked by the caller
    async with ledger.connection() as connection:
        stored = await stored_submission(connection, command.submission)
    if stored is None or stored.key is None:
        return None
    try:
        return opened_submission(stored.form, stored.key, command.submission.sha256, stored.content)
    except BadSubmission:
        return None


def _fault_of_agreement(content: SubmissionContent, command: SignAgreement) -> Fault | None:
    """Return the fault of an agreement that is not the one that was accepted, or None."""
    sha256 = agreement_read(content)
    if not sha256:
        return Fault(
            "submission: the form showed no agreement, so none was accepted; issue the agreement, and invite them anew"
        )
    if command.document_sha256 != sha256:
        return Fault(f"document: the grantee read and accepted {sha256[:16]}…, and no other paper; name that one")
    return None


def agreement_read(content: SubmissionContent) -> str:
    """Return the digest of the agreement that somebody read before they accepted it, or ''."""
    agreement: Any = content.read.get("agreement")
    return str(agreement.get("sha256") or "") if isinstance(agreement, dict) else ""


def _fault_of_way(content: SubmissionContent, invitation: Invitation | None, command: Report) -> Fault | None:
    """Return the fault of a report that came in a light way, and is recorded as another, or None."""
    if content.read.get("spoken") != (invitation.spoken if invitation is not None else None):
        return Fault(
            "submission: the words that the grantee confirmed are not those of the invitation; return it, and ask anew"
        )
    way = invitation.way if invitation is not None else None
    if way is ReportWay.OTHER_FUNDER and "funder" in content.answers and command.other_report is None:
        return Fault("other_report: it is a report to another funder, and is recorded as one")
    return None


def _invitation_of(partnership: Partnership, content: SubmissionContent) -> Invitation | None:
    """Return the invitation by which a form was opened, or None where the signed plan invites."""
    return next(
        (
            invitation
            for invitation in partnership.invitations
            if form_id(partnership.partnership_id, invitation.form, invitation.about or "", invitation.number)
            == content.form
        ),
        None,
    )
