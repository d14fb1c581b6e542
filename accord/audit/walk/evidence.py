"""Hold the recorded word of the rule book against the recorded evidence: a worker records both, and signs neither."""

from __future__ import annotations

from collections.abc import Iterable

from accord.audit.walk.waiting import not_asked
from accord.audit.walk.walk import Walk
from domain.fault import Fault
from domain.grants import gift_of_fund
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Finding, Outcome, outcome_of
from domain.policy.rulebook import EDITIONS, RULE_BOOK, against_payment, findings_under
from domain.policy.waiting import is_bound
from domain.proposal import Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.screening.evidence import Verification


def assessment_fault(walk: Walk, assessment: Assessment) -> Fault | None:
    """Return the reason why an assessment does not follow from the recorded evidence, or None if it does.

    Assessments are recorded by the system and not signed, so one counts only if its edition reproduces it.
    """
    book = EDITIONS.get(assessment.rule_book)
    if book is None or walk.proposal is None or walk.funding is None or walk.verification is None:
        return Fault("the rule book's answer rests on no evidence in the ledger")
    findings = findings_under(walk.proposal, walk.funding, walk.verification, walk.interests, book)
    has_same_outcome = (outcome_of(findings), _conditions(findings)) == (assessment.outcome, set(assessment.conditions))
    if not has_same_outcome:
        return Fault("the rule book says something else of the recorded evidence")
    return (
        None if _is_about(walk.proposal, walk.verification) else Fault("the recorded evidence is about somebody else")
    )


def found_under(walk: Walk, assessment: Assessment) -> tuple[Finding, ...]:
    """Return the findings of an assessment as its edition gives them, or as recorded if they cannot be computed."""
    book = EDITIONS.get(assessment.rule_book)
    if book is None or walk.proposal is None or walk.funding is None or walk.verification is None:
        return assessment.findings
    return findings_under(walk.proposal, walk.funding, walk.verification, walk.interests, book)


def referred_keys(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the keys of what is referred, each once."""
    return tuple(dict.fromkeys(key for finding in findings if finding.outcome is Outcome.REFER for key in finding.keys))


def present_fault(walk: Walk, tranche: int, support: tuple[ApprovedSum, ...] = ()) -> Fault | None:
    """Return the reason why the newest edition forbids a tranche now, on the newest evidence, or None.

    `support`: the ledger's knowledge of the funder's gifts to the payee, beside the evidence.
    """
    if walk.proposal is None or walk.funding is None or walk.verification is None:
        return None
    verification = walk.verification
    if is_bound(walk.edition):
        verification = verification.model_copy(
            update={"support": tuple(dict.fromkeys((*verification.support, *support)))}
        )
    findings = findings_under(walk.proposal, walk.funding, verification, walk.interests, RULE_BOOK)
    whole = Assessment(rule_book=RULE_BOOK.version, facts_sha256="0" * 64, findings=findings)
    free = walk.editions.not_yet
    ids = (*sorted(not_asked(walk, tranche)), *(condition_id for condition_id in ConditionId if condition_id in free))
    against = against_payment(whole, (*walk.cleared, *free), ids)
    return Fault(f"the rule book in force says of it now: {against}") if against else None


def is_unscreened(walk: Walk) -> bool:
    """True if the newest recorded look is not about everybody who is named now."""
    verification = walk.verification
    return walk.updated or (
        walk.proposal is not None and verification is not None and not _is_about(walk.proposal, verification)
    )


def _is_about(proposal: Proposal, verification: Verification) -> bool:
    """True if evidence is about this proposal: its parties were screened, its payee and its gift looked up."""
    screened_names, out = set(verification.screening.parties), proposal.funds_out
    same_payee = verification.status is None or out is None or verification.status.ein == out.payee.ein
    parts = out.parts if out is not None else ()
    gifts = {gift for gift in (gift_of_fund(part.fund) for part in parts) if gift is not None}
    same_gifts = {evidence.gift for evidence in verification.all_gifts} <= gifts
    return same_payee and same_gifts and all(party.name in screened_names for party in proposal.parties)


def _conditions(findings: Iterable[Finding]) -> set[ConditionId]:
    return {condition for finding in findings for condition in finding.conditions}
