"""The lawful next acts in a partnership, and who does them: scripts disturb them, and healing needs them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from domain.budgets.moves import uncovered
from domain.budgets.spending import Disallowed
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.report.reports import FiledReport, ReportState
from domain.partnership.report.spending import standing_by_report
from domain.partnership.stages import Stage
from domain.partnership.state import IN_FLIGHT, Partnership, TrancheState
from domain.payment.recalls import RecallAnswer
from domain.plans import ReportKind
from domain.policy.conditions import Gate
from tests.simulation.grounds.lists import PAYEES


class Act(NamedTuple):
    """A command that somebody could give, and who holds a role for it, in order."""

    kind: type[c.StaffCommand]
    actors: tuple[str, ...]
    content: dict[str, Any]


APPROVERS = (Role.VERIFIER, Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR)
DECIDED = "as the file shows"


def acts(partnership: Partnership, directory: Directory, account: Any) -> list[Act]:
    """Return the acts that move a partnership on, the most fitting first, or none where it waits for nobody."""
    return [Act(kind, role_holders(kind, directory, content), content) for kind, content in _next(partnership, account)]


def endings(partnership: Partnership, directory: Directory) -> list[Act]:
    """Return the acts that end a partnership that cannot go on."""
    kinds: tuple[type[c.StaffCommand], ...] = (c.Withdraw, c.Decline, c.Terminate)
    return [
        Act(kind, role_holders(kind, directory), {"reason": "it cannot go on"})
        for kind in kinds
        if partnership.proposal
    ]


def role_holders(
    kind: type[c.StaffCommand], directory: Directory, content: dict[str, Any] | None = None
) -> tuple[str, ...]:
    """Return the people who hold a role for a command, in order. `content` may name other roles in `_roles`."""
    roles = (content or {}).pop("_roles", None) or PROCEDURE[kind].roles
    return tuple(sorted(one.staff_id for one in directory.staff if not roles.isdisjoint(one.roles)))


def _assurance(known: Partnership) -> dict[str, Any]:
    """A director's word on diverted money: all of it is back, by an entry of its own."""
    out = known.proposal.funds_out if known.proposal is not None else None
    back = {"amount": "100", "currency": out.currency if out is not None else "USD"}
    entry = f"BACK-{len(known.responsibility.diversions.restored)}"
    said = {"diverted": back, "restored": back, "bank_reference": entry, "document_sha256": "ab" * 32}
    return {**said, "what": "the money is back", "precautions": "two sign", "_roles": frozenset({Role.DIRECTOR})}


def _next(known: Partnership, account: Any) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    if known.hold is not None:
        if known.responsibility.diverted:
            yield c.RecordAssurance, _assurance(known)
        for one in known.holds:
            yield c.LiftHold, {"reason": "it was looked into", "holds": (one.number,)}
        return
    match known.stage:
        case Stage.PROPOSED if known.question:
            answer = "Eleven, all along the river" if known.is_asked else None
            yield c.Propose, {"proposal": known.proposal, "answer": answer}
        case Stage.ELIGIBILITY if known.assessment is not None:
            paper, roles = {"document_sha256": "ab" * 32}, frozenset({Role.VERIFIER, Role.DIRECTOR})
            yield c.Approve, {"no_interest": True, "reason": DECIDED, **paper, "_roles": roles}
        case Stage.APPROVAL:
            yield from _approvals(known)
        case Stage.AGREEMENT:
            yield from _papers(known, Gate.AGREEMENT)
            yield _signing(known, account)
        case Stage.ACTIVE:
            yield from _active(known, account)


def _active(known: Partnership, account: Any) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    unpaid = known.unpaid
    if known.missing_approvals:
        yield from _approvals(known)
    yield from _papers(known, Gate.AGREEMENT, Gate.PAYMENT)
    yield from _planned(known)
    yield from _held(known)
    yield from _answers_of_the_bank(known)
    for tranche in unpaid:
        if tranche.state not in IN_FLIGHT and not known.waits_for_gift:
            yield c.Release, {"tranche": tranche.number}
    failed = {TrancheState.REJECTED, TrancheState.RETURNED, TrancheState.WITHHELD, TrancheState.CANCELLED}
    if not known.in_flight and any(one.state in failed for one in known.tranches):
        yield _signing(known, account)
    yield from _papers(known)
    yield from _reports(known, bool(unpaid) or known.in_flight)
    for tranche in unpaid:
        if tranche.state is TrancheState.RELEASED:
            yield c.CancelPayment, {"tranche": tranche.number, "attempt": tranche.attempt}


def _answers_of_the_bank(known: Partnership) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    """Record that the bank refuses what was recalled of it, and agree to the rest of what it booked short."""
    for recall in known.recalls:
        refused = {"answer": RecallAnswer.REFUSED, "reason": "as they say", "document_sha256": "ab" * 32}
        yield c.AnswerRecall, {"tranche": recall.tranche, "attempt": recall.attempt, **refused}
    for tranche in known.unpaid:
        if tranche.has_remainder and len(tranche.agreed_by) < 2:
            rest = {"amount": str(tranche.remainder), "currency": tranche.money.currency}
            yield c.AgreeRest, {"tranche": tranche.number, "remainder": rest, "reason": "the grantee waits for it"}


def _reports(known: Partnership, to_pay: bool) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    """File the final report once everything is paid. Then somebody accepts it."""
    filed = known.reporting.open_final
    if filed is not None and filed.state is ReportState.RECEIVED:
        yield _accepting(known, filed)
        yield c.ReturnReport, {"report": filed.number, "reason": "it does not say what came back since"}
    out = known.proposed.funds_out
    if filed is None and not to_pay:
        figures = accounted(known, known.settled_sum - known.came_back) if out and known.settled_sum else None
        said = {"summary": "what was done", "report_kind": ReportKind.FINAL, "figures": figures}
        yield c.Report, {**said, "milestones": shown(known)}


def _accepting(known: Partnership, report: FiledReport) -> tuple[type[c.StaffCommand], dict[str, Any]]:
    return c.AcceptReport, {"report": report.number, "reason": DECIDED, "disallowed": disallowed(known, report)}


def disallowed(known: Partnership, report: FiledReport) -> tuple[Disallowed, ...]:
    """Return the costs of a report beyond the agreed budget and its free share."""
    budget = known.reporting.budget
    if budget is None or not report.is_by_line:
        return ()
    beyond = uncovered(standing_by_report(budget, report), ())
    return tuple(Disallowed(category=standing.category, amount=amount) for standing, amount in beyond)


def accounted(known: Partnership, spent: Decimal, moved: Decimal = Decimal(0)) -> dict[str, Any]:
    """Return the figures of a sum that was spent: of a budget by line, some of it moved from line 1 to line 2."""
    out, budget = known.proposed.funds_out, known.reporting.budget
    sums = {"spent": str(spent), "returned": str(known.came_back)}
    figures: dict[str, Any] = {"currency": out.currency if out is not None else "USD", **sums}
    if budget is None:
        return figures
    by_line, left = dict[int, Decimal](), spent
    for line in budget.lines:
        by_line[line.number] = min(left, line.total)
        left -= by_line[line.number]
    moved = min(moved, by_line[1])
    by_line |= {1: by_line[1] - moved, 2: by_line[2] + moved + left}
    lines = [{"line": number, "spent": str(one), "reason": "as it came"} for number, one in by_line.items()]
    return {**figures, "period": len(budget.periods), "lines": lines}


def shown(known: Partnership, state: str = "DONE") -> tuple[dict[str, Any], ...]:
    """Return a word on each milestone that is not done yet, with a paper."""
    undone = [one.number for one in known.reporting.milestones if not known.reporting.is_done(one.number)]
    return tuple({"milestone": one, "state": state, "words": "as seen", "papers": ["ab" * 32]} for one in undone)


def _held(known: Partnership) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    """Call a milestone done for which a payment waits."""
    unpaid, waiting = {one.number for one in known.unpaid}, shown(known)
    holding = [one for one in known.reporting.milestones if unpaid.intersection(one.holds)]
    if known.has_paid and any(not known.reporting.is_done(one.number) for one in holding):
        yield c.Report, {"summary": "what was done", "report_kind": ReportKind.PROGRESS, "milestones": waiting}


def _planned(known: Partnership) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    """Accept the filed reports, and file the planned ones that are owed."""
    for one in known.reporting.filed:
        if one.state is ReportState.RECEIVED:
            yield _accepting(known, one)
    for plan, _ in known.reporting.owed():
        yield c.Report, {"summary": "what was done", "report_kind": plan.kind, "planned": plan.number}


def _approvals(known: Partnership) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    wanted = frozenset({*known.missing_approvals, Role.DIRECTOR})
    yield c.Approve, {"no_interest": True, "reason": DECIDED, "_roles": wanted}


def _papers(known: Partnership, *gates: Gate) -> Iterator[tuple[type[c.StaffCommand], dict[str, Any]]]:
    for condition in known.open_conditions(*gates)[:1]:
        yield c.Satisfy, {"condition": condition, "note": "it is on file"}


def _signing(known: Partnership, account: Any) -> tuple[type[c.StaffCommand], dict[str, Any]]:
    pays = known.proposal is not None and known.proposal.funds_out is not None
    return c.SignAgreement, {"account": account if pays else None}


def payee_account(known: Partnership) -> str:
    """Return the number of the account that a partnership's payee is paid to, '' where no money goes out.

    Whoever has no account in the United States pays to none there.
    """
    out = known.proposal.funds_out if known.proposal else None
    payee = next((one for one in PAYEES if out is not None and one.name == out.payee.name), None)
    if out is None or payee is None:
        return ""
    return payee.number if out.funder == "ISOC-FOUNDATION" and out.currency == "USD" else payee.iban
