"""The waits of a partnership at a moment, each with us or with the grantee (docs/glossary.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.partnership.pace.facts import CaseFacts, DoorSubmission
from domain.partnership.report.reports import FiledReport, ReportState
from domain.partnership.stages import Stage
from domain.partnership.standing.parts import TrancheState
from domain.partnership.state import Partnership
from domain.partnership.submission.invitations import Invitation, form_id
from domain.partnership.waiting.deadlines import end_of
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.owing import Obligation, ObligationKind
from domain.submissions.kinds import DoorForm, SubmissionKind


class Side(StrEnum):
    """The side that a partnership waits for."""

    WITH_US = "WITH_US"
    WITH_THEM = "WITH_THEM"
    WITH_NOBODY = "WITH_NOBODY"
    """The work goes on, the bank pays, or nothing is due: no side is waited for."""


class PaceWait(StrEnum):
    """A kind of wait. The first five are with us, the others with the grantee."""

    DECISION = "DECISION"
    """From the proposal, its answer or a change of it, to the last approval, the refusal or a question."""
    AGREEMENT = "AGREEMENT"
    """From the last approval to the agreement's letter, or the invitation to accept it."""
    SUBMISSION = "SUBMISSION"
    """From the time at the door of what was handed in and sealed, to the act that takes it over or returns it."""
    JUDGEMENT = "JUDGEMENT"
    """From the receipt of a report to its acceptance or return."""
    PAYMENT = "PAYMENT"
    """From the day on which no report and no date holds an instalment back, to the hand-over of its file."""
    ANSWER = "ANSWER"
    """From a question of ours, or an invitation to a form of papers or questions, to the answer."""
    RETURN = "RETURN"
    """From the return of what was handed in, or of a report, to the next one in its place."""
    SIGNATURE = "SIGNATURE"
    """From the agreement's letter, or the invitation to accept it, to the acceptance or signature."""
    REPORT = "REPORT"
    """From the end of the day on which a report was due, to its receipt at the door or by staff."""


WITH_US: Final = frozenset(
    {PaceWait.DECISION, PaceWait.AGREEMENT, PaceWait.SUBMISSION, PaceWait.JUDGEMENT, PaceWait.PAYMENT}
)
"""The kinds of wait that are with us."""

SIDES: Final[Mapping[PaceWait, Side]] = MappingProxyType(
    {kind: Side.WITH_US if kind in WITH_US else Side.WITH_THEM for kind in PaceWait}
)
"""The side of each kind of wait."""


class OpenWait(NamedTuple):
    """A wait that is open at a moment: its kind, and what it is about."""

    kind: PaceWait
    about: str = ""


class Scene(NamedTuple):
    """A partnership at a moment: its facts, what lies at the door by then, and the moment."""

    facts: CaseFacts
    submissions: tuple[DoorSubmission, ...]
    at: datetime

    @property
    def partnership(self) -> Partnership:
        """The partnership as it was."""
        return self.facts.partnership

    def unjudged(self, *kinds: SubmissionKind) -> tuple[DoorSubmission, ...]:
        """Return what lies at the door and nobody took over or returned, of these kinds or of any."""
        judgements = {entry.sha256 for entry in self.partnership.judged_submissions}
        return tuple(
            entry for entry in self.submissions if entry.sha256 not in judgements and (not kinds or entry.kind in kinds)
        )


def side_of(waits: frozenset[OpenWait]) -> Side:
    """Return the side that open waits leave a partnership with. Where both are waited for, it is with us."""
    sides = {SIDES[wait.kind] for wait in waits}
    for side in (Side.WITH_US, Side.WITH_THEM):
        if side in sides:
            return side
    return Side.WITH_NOBODY


def open_waits(scene: Scene) -> frozenset[OpenWait]:
    """Return the waits that are open at a moment: none before the proposal, and none after the end."""
    partnership = scene.partnership
    if partnership.proposal is None or partnership.ended:
        return frozenset()
    return frozenset((*_with_us(scene), *_with_them(scene)))


def _with_us(scene: Scene) -> Iterator[OpenWait]:
    partnership = scene.partnership
    if _is_to_decide(partnership):
        yield OpenWait(PaceWait.DECISION)
    if partnership.stage is Stage.AGREEMENT and not scene.facts.agreement_is_out:
        yield OpenWait(PaceWait.AGREEMENT)
    for entry in scene.unjudged():
        yield OpenWait(PaceWait.SUBMISSION, entry.sha256)
    for report in partnership.reporting.filed:
        if report.state is ReportState.RECEIVED:
            yield OpenWait(PaceWait.JUDGEMENT, str(report.number))
    for number in _payable(scene):
        yield OpenWait(PaceWait.PAYMENT, str(number))


def _is_to_decide(partnership: Partnership) -> bool:
    match partnership.stage:
        case Stage.PROPOSED:
            return not partnership.question
        case Stage.DUE_DILIGENCE | Stage.ELIGIBILITY | Stage.APPROVAL:
            return True
        case _:
            return bool(partnership.missing_approvals)


def _payable(scene: Scene) -> Iterator[int]:
    """Yield the instalments that nothing of the grantee's holds back, and no file holds yet."""
    partnership, day = scene.partnership, scene.at.date()
    if partnership.stage is not Stage.ACTIVE:
        return
    for tranche in partnership.unpaid:
        is_due = tranche.due_on is None or tranche.due_on <= day
        is_here = tranche.state is not TrancheState.HANDED_OVER
        if is_due and is_here and partnership.reporting.against(tranche.number, day) is None:
            yield tranche.number


def _with_them(scene: Scene) -> Iterator[OpenWait]:
    partnership = scene.partnership
    if partnership.stage is Stage.PROPOSED and partnership.question:
        yield OpenWait(PaceWait.ANSWER)
    for invitation in partnership.invitations:
        if _is_unanswered(scene, invitation):
            yield OpenWait(PaceWait.ANSWER, f"invitation {invitation.number}")
    for sha256 in _returns(scene):
        yield OpenWait(PaceWait.RETURN, sha256)
    if not scene.unjudged(SubmissionKind.REPORT):
        yield from (OpenWait(PaceWait.RETURN, f"report {report.number}") for report in _reports_to_come(partnership))
    is_out = partnership.stage is Stage.AGREEMENT and scene.facts.agreement_is_out
    if is_out and not scene.unjudged(SubmissionKind.ACCEPTANCE):
        yield OpenWait(PaceWait.SIGNATURE)
    for obligation in report_obligations(partnership):
        if end_of(obligation.due) <= scene.at and not _is_at_the_door(scene, obligation):
            yield OpenWait(PaceWait.REPORT, obligation.about)


def report_obligations(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the reports that the grantee owes by a day."""
    kinds = {ObligationKind.REPORT, ObligationKind.YEARLY_REPORT}
    return (obligation for obligation in obligations(partnership) if obligation.kind in kinds)


def _is_at_the_door(scene: Scene, obligation: Obligation) -> bool:
    return any(entry.about in {"", obligation.about} for entry in scene.unjudged(SubmissionKind.REPORT))


def _is_unanswered(scene: Scene, invitation: Invitation) -> bool:
    """True if an invitation to a form of papers or questions is open, and nothing came by it."""
    asks = invitation.form in {DoorForm.PAPERS, DoorForm.QUESTION}
    if not asks or invitation.ended or end_of(invitation.until) <= scene.at:
        return False
    form = form_id(scene.partnership.partnership_id, invitation.form, invitation.about or "", invitation.number)
    if any(entry.form == form for entry in scene.submissions):
        return False
    return scene.facts.moment_of(SubmissionKind(invitation.form.value)) <= scene.facts.invited_at(invitation.number)


def _returns(scene: Scene) -> Iterator[str]:
    """Yield the digests of what was returned at the door, and nothing came in its place."""
    for entry in scene.submissions:
        returned_at = scene.facts.returns.get(entry.sha256)
        if returned_at is None or scene.facts.moment_of(entry.kind) > returned_at:
            continue
        if not any(later.form == entry.form and later.at > entry.at for later in scene.submissions):
            yield entry.sha256


def _reports_to_come(partnership: Partnership) -> Iterator[FiledReport]:
    """Yield the reports that were returned, and none was filed in their place."""
    reporting = partnership.reporting
    if reporting.final is not None:
        return
    newest = {(report.kind, report.planned): report for report in reporting.filed}
    yield from (report for report in newest.values() if report.state is ReportState.RETURNED)


def days_of(facts: CaseFacts) -> Iterator[datetime]:
    """Yield the moments at which a wait begins or ends by itself, without an event."""
    partnership = facts.partnership
    if partnership.proposal is None:
        return
    yield from (end_of(obligation.due) for obligation in report_obligations(partnership))
    yield from (end_of(invitation.until) for invitation in partnership.invitations)
    dues = (tranche.due_on for tranche in partnership.tranches)
    yield from (datetime.combine(due, time(0), UTC) for due in dues if due is not None)
