"""Check a payment against the present state: holds, the partnership's end, papers, people, quorum and accounts."""

from __future__ import annotations

from collections.abc import Mapping

from accord.audit.walk.looks import adverse_now
from accord.audit.walk.payee import to_check
from accord.audit.walk.waiting import missing_papers, period_fault
from accord.audit.walk.walk import Attempt, Walk
from domain.directory.directory import Directory
from domain.directory.tiers import Role, missing, most_of
from domain.errors import ThresholdUnknown
from domain.fault import Fault
from domain.identity import ACCORD
from domain.parties import AccountReference, PartyKind
from domain.partnership import events as e
from domain.partnership.approval.together import quorum_to_decide
from domain.partnership.report.reports import ReportState
from domain.payment.account import AccountStanding
from domain.policy.findings import Outcome
from domain.policy.waiting import is_bound
from domain.proposal import Direction
from domain.screening.approved_sums import ApprovedSum
from ledger import clock
from payments.out.instructions import Instruction
from registers.matching.namesakes import may_be_one_person


def _first(faults: Mapping[str | Fault | None, bool]) -> Fault | None:
    return next((Fault(str(words)) for words, true in faults.items() if true), None)


def standing_fault(walk: Walk, instruction: Instruction) -> Fault | None:
    """Return the reason why the partnership's present state forbids a payment, or None if it does not."""
    out = walk.proposal.funds_out if walk.proposal else None
    approved_sum = walk.sum_of(Attempt(instruction.tranche, instruction.attempt))
    papers = ", ".join(missing_papers(walk, instruction.tranche))
    today = clock.today()
    days = {plan.number: plan.due_on for plan in out.tranches} if out else {}
    against = walk.responsibility.stands_against_payment(today)
    late = walk.reporting.against(instruction.tranche, today)
    over = period_fault(walk, instruction.tranche, today)
    open_checks, adverse = to_check(walk), adverse_now(walk)
    return _first(
        {
            "no money goes out in this partnership": out is None,
            "the partnership has ended": walk.ended,
            "the money out has ended": Direction.FUNDS_OUT in walk.ended_legs,
            f"it stands on hold ({walk.on_hold})": walk.stops_payment,
            against: bool(against),
            f"nothing is paid: {late}": bool(late),
            over: bool(over),
            f"tranche {instruction.tranche} is planned for {days.get(instruction.tranche)}": (
                (days.get(instruction.tranche) or today) > today
            ),
            f"the sum is not the {approved_sum} that were approved": approved_sum != instruction.money,
            "no agreement names an account": walk.account is None,
            f"the bank says of the account that {walk.account_fault}": bool(walk.account_fault),
            "the account is not the one that the agreement names": instruction.creditor_account != walk.account,
            f"nobody has checked: {'; '.join(open_checks)}": bool(open_checks),
            walk.succession_fault: bool(walk.succession_fault),
            "the payee is not the one that was approved, or is called otherwise now: cancel it, release it anew": (
                out is not None and instruction.creditor_name != out.payee.name
            ),
            "nobody who may has signed the agreement": not walk.signatory,
            "the rule book never spoke on it": walk.assessed is None,
            "the rule book refuses it": walk.assessed is not None and walk.assessed.outcome is Outcome.FAIL,
            "nobody cleared what the rule book referred": (
                walk.assessed is not None and walk.assessed.outcome is Outcome.REFER and not walk.verifier
            ),
            walk.rule_book_fault or walk.look_fault: bool(walk.rule_book_fault or walk.look_fault),
            f"the registers were asked again: {adverse}": bool(adverse),
            f"not on file: {papers}": bool(papers),
        }
    )


def account_fault(standing: AccountStanding | None, account: AccountReference, owner: str) -> Fault | None:
    """Return the fault if nobody called back to verify an account, or its details changed, or None."""
    if standing is None or standing.account != account or not standing.confirmed_by:
        return Fault(f"nobody called back to verify account {account.reference} of {owner}")
    return None


def people_fault(walk: Walk, release: e.TrancheReleased, caller: str, today: Directory) -> Fault | None:
    """Return the fault if somebody acted in two parts that exclude each other, or while recused, or None.

    `caller`: the person who verified the payee's account by call-back, or '' if nobody did. `today`: the people of now.
    """
    behind = release.actor in walk.in_question or _bears_a_name(walk, release.actor, today)
    approvers, actors = walk.approvers, [approval.actor for approval in walk.approvals]
    verifiers = {walk.verifier, walk.verifier_for, *walk.clearers} - {""}
    deciders = {*walk.proposers, *verifiers, walk.signatory, *approvers}
    fault = judgement_fault(walk, release.actor)
    took_part = {*verifiers, *approvers, release.actor, walk.signatory, caller}
    return _first(
        {
            f"{release.actor} pays and has another part in it": release.actor in {*deciders, caller},
            "a proposer approved it": not walk.proposers.isdisjoint(approvers),
            f"{walk.signatory} issued the agreement and signed it alone": walk.agreement_issuer == walk.signatory != "",
            "a proposer cleared the referral": not walk.proposers.isdisjoint(verifiers),
            "whoever cleared the referral approved it": not verifiers.isdisjoint(approvers),
            "one person approved twice": len(set(actors)) != len(actors),
            f"{caller} verified the account and has another part in it": caller in deciders,
            f"{walk.judged_themselves} judged whether they stand behind a party": bool(walk.judged_themselves),
            fault: bool(fault),
            "somebody with an interest took part": not walk.recused.isdisjoint(took_part),
            "whoever may stand behind a party pays": behind,
            walk.two_with_one_key: bool(walk.two_with_one_key),
        }
    )


def _bears_a_name(walk: Walk, person: str, today: Directory) -> bool:
    """True if a person bears the name of somebody behind a party, and due diligence never asked about it.

    They may have joined, or been renamed, since.
    """
    member = today.person(person)
    if member is None or walk.proposal is None or person in walk.recused:
        return False
    namesakes = walk.verification.screening.namesakes if walk.verification else ()
    asked_names = {namesake.name for namesake in namesakes if namesake.staff_id == person}
    people = (party for party in walk.proposal.parties if party.kind is PartyKind.INDIVIDUAL)
    names = {name for person in people for name in (person.name, *person.also_known_as)} - asked_names
    return any(may_be_one_person(name, member.name) for name in names)


def judgement_fault(walk: Walk, payer: str) -> Fault | None:
    """Return the fault if a report was accepted by who filed it, by a proposer, a payer or one with an interest."""
    for report in walk.reporting.filed:
        if report.state is not ReportState.ACCEPTED or report.judged_by == ACCORD:
            continue
        if report.judged_by in {
            *walk.proposers,
            *(report.actor for report in walk.reporting.filed),
            payer,
            *walk.recused,
        }:
            return Fault(f"{report.judged_by} accepted report {report.number} and has another part in it")
    return None


def quorum_fault(walk: Walk, together: tuple[ApprovedSum, ...]) -> Fault | None:
    """Return the fault if approvals are missing, with their roles, or None if the quorum is complete.

    `together`: the sums approved for the same payee or purpose before.
    """
    try:
        roles = left_of_quorum(walk, together)
    except ThresholdUnknown as fault:
        return Fault(str(fault))
    if roles:
        return Fault(f"approvals are missing: {', '.join(roles)}")
    above = walk.released_in_all > walk.covered and not walk.is_older
    return Fault(f"{walk.covered:,} were approved, and {walk.released_in_all:,} would be paid") if above else None


def left_of_quorum(walk: Walk, together: tuple[ApprovedSum, ...]) -> tuple[Role, ...]:
    """Return the roles that have not approved: of the sums' own tiers, and of what the newest approval asked for."""
    has_verifier, sums = bool(walk.verifier), _counted_then(walk, together)
    proposal, conversion = walk.proposal, walk.conversion
    roles = quorum_to_decide(proposal, sums, walk.rules, has_verifier, conversion) if proposal else ()
    return missing(most_of(roles, walk.quorum), tuple(approval.role for approval in walk.approvals))


def _counted_then(walk: Walk, together: tuple[ApprovedSum, ...]) -> tuple[ApprovedSum, ...]:
    """Return the sums that counted at the approval: before edition 2026.5 other currencies counted for nothing."""
    out = walk.proposal.funds_out if walk.proposal else None
    if out is None or is_bound(walk.edition):
        return together
    return tuple(approved_sum for approved_sum in together if approved_sum.money.currency == out.currency)
