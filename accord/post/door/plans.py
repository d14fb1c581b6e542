"""The forms that mail opens: by an invitation, or number 0 where the signed plan asks for what the mail is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from accord.post.kinds import OWED, MailKind
from accord.post.outbox import Mail
from domain.partnership import events as e
from domain.partnership.letter.issued import IssuedLetter
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.report.reports import FiledReport
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.submission.invitations import Fate, Invitation, form_id
from domain.partnership.waiting.deadlines import end_of
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.owing import Obligation, ObligationKind
from domain.plans import ReportKind
from domain.recorded.event import RecordedEvent
from domain.submissions.kinds import DoorForm
from ledger import clock
from records.submissions.forms import NewForm

STAYS: Final = timedelta(days=60)
"""The time that a form stays open after the day of what it is for, and after each mail with a link to it."""


class FormPlan(NamedTuple):
    """A form as a partnership asks for it."""

    kind: DoorForm
    about: str
    invitation: int
    """The number of the invitation, or 0 where the signed plan invites."""
    edition: str | None
    until: date
    """The last day on which it can be handed in."""

    def id_in(self, partnership_id: str) -> UUID:
        """Return its id in a partnership."""
        return form_id(partnership_id, self.kind, self.about, self.invitation)

    def new_form(self, partnership_id: str, language: str) -> NewForm:
        """Return the form to open."""
        closes_at = end_of(self.until)
        return NewForm(
            self.id_in(partnership_id), self.kind, partnership_id, self.about, self.edition, language, closes_at
        )


def plan_of(mail: Mail, partnership: Partnership, history: Sequence[RecordedEvent]) -> FormPlan | None:
    """Return the form that a mail to a contact opens, or None if it needs none. What was returned: `plan_with_id`."""
    position = mail.facts.get("position")
    match mail.kind:
        case kind if kind in OWED:
            return _plan_owed(partnership, str(mail.facts["key"]))
        case MailKind.AGREEMENT_WAITS:
            letter = agreement_issued(partnership)
            return _by_plan(partnership, DoorForm.ACCEPTANCE, letter.pdf_sha256) if letter is not None else None
        case MailKind.QUESTION_ASKED:
            return _by_plan(partnership, DoorForm.QUESTION, str(position))
        case MailKind.GRANTEE_INVITED:
            invitation = next(
                (invitation for at, invitation in _invitations(partnership, history) if at == position), None
            )
            return _by_invitation(invitation) if invitation is not None else None
        case MailKind.REPORT_RETURNED:
            return _plan_returned(partnership, history, position)
        case _:
            return None


def _plan_owed(partnership: Partnership, key: str) -> FormPlan | None:
    obligation = next((obligation for obligation in obligations(partnership) if obligation.key == key), None)
    if obligation is None or (about := report_about(obligation)) is None:
        return None
    return _by_plan(partnership, DoorForm.REPORT, about, obligation.due)


def _plan_returned(partnership: Partnership, history: Sequence[RecordedEvent], position: int | None) -> FormPlan | None:
    """Return the form of a report that comes back: that of what it answered, which is owed again."""
    return_event = next((entry.event for entry in history if entry.position == position), None)
    report = partnership.reporting.report(return_event.report) if isinstance(return_event, e.ReportReturned) else None
    about = _about_of(report) if report is not None else None
    obligation = next((candidate for candidate in obligations(partnership) if report_about(candidate) == about), None)
    return (
        _by_plan(partnership, DoorForm.REPORT, about, obligation.due)
        if about is not None and obligation is not None
        else None
    )


def _about_of(report: FiledReport) -> str | None:
    if report.planned is not None:
        return str(report.planned)
    return "FINAL" if report.kind is ReportKind.FINAL else None


def report_about(obligation: Obligation) -> str | None:
    """Return the subject of the form that meets an obligation by a report, or None if none does."""
    match obligation.kind:
        case ObligationKind.REPORT | ObligationKind.YEARLY_REPORT:
            return obligation.about.upper()
        case ObligationKind.CORRECTION:
            return f"CORRECTION_{obligation.about}"
        case _:
            return None


def agreement_issued(partnership: Partnership) -> IssuedLetter | None:
    """Return the newest letter with the agreement, or None."""
    issued_letters = (letter for letter in reversed(partnership.letters) if letter.letter is LetterKind.AGREEMENT)
    return next(issued_letters, None)


def _by_plan(partnership: Partnership, kind: DoorForm, about: str, due: date | None = None) -> FormPlan:
    """Return an open invitation's form about the same, or the one of the signed plan."""
    today = clock.today()
    for invitation in reversed(partnership.invitations):
        if (invitation.form, invitation.about) == (kind, about) and invitation.is_open(today):
            return _by_invitation(invitation)
    return FormPlan(kind, about, 0, None, max(due or today, today) + STAYS)


def _by_invitation(invitation: Invitation) -> FormPlan:
    return FormPlan(
        invitation.form, invitation.about or "", invitation.number, invitation.edition_sha256, invitation.until
    )


def _invitations(partnership: Partnership, history: Sequence[RecordedEvent]) -> Iterator[tuple[int, Invitation]]:
    """Yield the invitations, each with its position in the ledger."""
    positions = [entry.position for entry in history if isinstance(entry.event, e.GranteeInvited)]
    yield from zip(positions, partnership.invitations, strict=True)


def invitation_event(history: Sequence[RecordedEvent], number: int) -> e.GranteeInvited | None:
    """Return the event of an invitation by its number, or None for 0."""
    events = [entry.event for entry in history if isinstance(entry.event, e.GranteeInvited)]
    return events[number - 1] if 0 < number <= len(events) else None


def plan_with_id(partnership: Partnership, form: UUID, kind: DoorForm, about: str) -> FormPlan:
    """Return the form of a partnership that was opened under an id."""
    for invitation in partnership.invitations:
        plan = _by_invitation(invitation)
        if plan.id_in(partnership.partnership_id) == form:
            return plan
    return FormPlan(kind, about, 0, None, clock.today() + STAYS)


def is_wanted(
    plan: FormPlan, partnership: Partnership, history: Sequence[RecordedEvent], handed_in: frozenset[str]
) -> bool:
    """True if a form may still be handed in. `handed_in`: the digests of what was, of the form's own kind."""
    if plan.kind is DoorForm.REPORT and plan.about:
        subjects = {report_about(obligation) for obligation in obligations(partnership)}
        if plan.about in subjects or not plan.invitation:
            return plan.about in subjects and _stands(plan, partnership)
    if partnership.ended or not _stands(plan, partnership) or _is_taken_over(partnership, handed_in):
        return False
    if plan.invitation:
        return True
    return _is_asked(plan, partnership, history)


def _is_asked(plan: FormPlan, partnership: Partnership, history: Sequence[RecordedEvent]) -> bool:
    """True if what the signed record asks for by itself is asked for still."""
    if plan.kind is DoorForm.ACCEPTANCE:
        letter = agreement_issued(partnership)
        return partnership.stage is Stage.AGREEMENT and letter is not None and letter.pdf_sha256 == plan.about
    questions = [str(entry.position) for entry in history if isinstance(entry.event, e.InformationRequested)]
    return plan.kind is DoorForm.QUESTION and partnership.is_asked and questions[-1:] == [plan.about]


def _stands(plan: FormPlan, partnership: Partnership) -> bool:
    if not plan.invitation:
        return True
    return partnership.invitations[plan.invitation - 1].is_open(clock.today())


def _is_taken_over(partnership: Partnership, handed_in: frozenset[str]) -> bool:
    taken_over = {candidate.sha256 for candidate in partnership.judged_submissions if candidate.fate is Fate.TAKEN_OVER}
    return not taken_over.isdisjoint(handed_in)
