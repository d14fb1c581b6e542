"""Read the grantee's obligations: reports, received and judged, and answers for money that was diverted."""

from __future__ import annotations

from typing import Final

from accord.audit.walk.walk import Walk
from domain.budgets.moves import uncovered
from domain.directory.tiers import Role, missing
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.diversion.diversions import Diversions
from domain.partnership.report.reports import FiledReport, Reporting, ReportState
from domain.partnership.report.spending import standing_by_report
from domain.policy.waiting import is_bound

MAY_ASSURE: Final = frozenset({Role.VERIFIER, Role.FINANCE_APPROVER, Role.DIRECTOR})


def receive(walk: Walk, event: e.ReportReceived) -> None:
    """File a report."""
    _take(walk, walk.reporting.with_received(_report(event), event.corrects))


def receive_in_doubt(walk: Walk, event: e.ReportReceived) -> None:
    """File a report as returned: it keeps its number, by which later ones are judged."""
    walk.reporting = walk.reporting.with_received(_report(event), event.corrects)
    walk.reporting = walk.reporting.with_returned(walk.reporting.filed[-1].number, "")


def accept(walk: Walk, event: e.ReportAccepted) -> None:
    """Accept a report, unless it moved more than is free, or was made to another funder where the law forbids it.

    Neither does an acceptance count that leaves open what became of money that did not arrive. It then holds back what
    it held.
    """
    report, budget = walk.reporting.report(event.report), walk.reporting.budget
    standings = standing_by_report(budget, report) if budget is not None and report is not None else ()
    if report is not None and report.other_report is not None and walk.responsibility.required:
        return  # under expenditure responsibility the grantee reports to us (26 CFR 53.4945-5(c))
    if report is not None and report.not_arrived and event.shortfall is None:
        return
    if not (report is not None and report.is_by_line and uncovered(standings, event.disallowed)):
        _take(walk, walk.reporting.with_accepted(event.report, event.actor, event.disallowed))


def agree_on_budget(walk: Walk) -> None:
    """Measure reports by the proposal's budget from when the agreement is signed and everybody has approved it."""
    budget = walk.out.budget if walk.out is not None else None
    if budget is None or not walk.active or not walk.quorum:
        return
    if not missing(walk.quorum, tuple(approval.role for approval in walk.approvals)):
        walk.reporting = walk.reporting.model_copy(update={"budget": budget})


def return_to_grantee(walk: Walk, event: e.ReportReturned) -> None:
    """Return a report, so that it is due again."""
    _take(walk, walk.reporting.with_returned(event.report, event.actor))


def report_diversion(walk: Walk, event: e.DiversionReported) -> None:
    """Remember a diversion of money."""
    walk.responsibility = walk.responsibility.with_diversion(event.what, event.at.date(), event.money)


def assure(walk: Walk, event: e.AssuranceRecorded) -> None:
    """Count assurances by somebody who may give them, with the facts that the law asks for. Others answer nothing."""
    on = walk.now.date() if walk.now is not None else event.at.date()
    roles = frozenset(capacity.role for capacity in walk.directory.capacities(event.actor, on))
    if _answers(event, walk.responsibility.diversions, roles):
        walk.responsibility = walk.responsibility.with_assurance(event.answer)
        walk.assured_in_full = _is_in_full(event, roles)


def _take(walk: Walk, reporting: Reporting) -> None:
    walk.reporting = reporting
    walk.responsibility = walk.responsibility.with_reports(reporting)


def _report(event: e.ReportReceived) -> FiledReport:
    """Return a report as it was received. Before reports were judged, it counted at once."""
    state, judge = (ReportState.ACCEPTED, ACCORD) if event.accepted_at_once else (ReportState.RECEIVED, "")
    return FiledReport(
        kind=event.report_kind,
        received_on=event.at.date(),
        actor=event.actor,
        planned=event.planned,
        figures=event.figures,
        results=event.results,
        milestones=event.milestones,
        other_report=event.other_report,
        state=state,
        judged_by=judge,
    )


def _is_in_full(event: e.AssuranceRecorded, roles: frozenset[Role]) -> bool:
    """True if a director gives assurances, and says which precautions are taken."""
    return Role.DIRECTOR in roles and event.precautions is not None


def _answers(event: e.AssuranceRecorded, diversions: Diversions, roles: frozenset[Role]) -> bool:
    """True if assurances answer what was diverted (26 CFR 53.4945-5(e)(1)(iii), (iv)).

    Who was shown the terms of an earlier edition was asked for words alone.
    """
    shown_state = event.signature.statement.shown if event.signature is not None else None
    edition = shown_state.terms.rule_book if shown_state is not None and shown_state.terms is not None else ""
    if roles.isdisjoint(MAY_ASSURE):
        return False
    if not is_bound(edition):
        return True
    unknown = any(diversion.money is None and not diversion.answered for diversion in diversions.reported)
    if unknown and event.diverted is None:
        return False
    amount = diversions.with_answer(event.answer).outstanding
    return len(diversions.reported) < 2 or (_is_in_full(event, roles) and not amount)
