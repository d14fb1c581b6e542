"""Judge a decision on record by a draft: prove first that its own edition gives what was recorded."""

from __future__ import annotations

from datetime import UTC
from typing import Any, NamedTuple

from accord.audit.replays import Decision, RecordedFacts
from accord.operations.rerun.reading import DecisionOnRecord, LookedAt
from domain.directory.tiers import HouseRules, Role, missing
from domain.errors import ThresholdUnknown
from domain.partnership.approval.together import quorum_to_decide
from domain.policy.facts import facts_of
from domain.policy.findings import Assessment
from domain.policy.rulebook import EDITIONS, assess
from domain.proposal import Direction, Proposal
from domain.rerun.answering import TIERS_RULE, DraftAnswer, RecordedAnswer, UnansweredRule, answer_of
from domain.rerun.draft import DraftTiers, EditionDraft
from domain.rerun.paths import is_later, since_of
from domain.rerun.report import RerunDecision, RerunKind
from domain.rerun.verdicts import JudgedAgain, RerunVerdict, RuleDifference, judge_again
from domain.screening.evidence import Verification
from domain.values import Money


class NotRun(NamedTuple):
    """The reason why a decision cannot be decided again."""

    why: str


class DraftJudge:
    """A judge of decisions by one draft. What several decisions of a partnership rest on is judged once."""

    def __init__(self, draft: EditionDraft) -> None:
        self._draft = draft
        self._last: tuple[Any, Any] = (None, None)

    def verdict_on(self, decision: DecisionOnRecord) -> RerunDecision:
        """Return a decision with its verdict."""
        answer = self._answer(decision)
        if isinstance(answer, NotRun):
            return _line(decision, JudgedAgain(RerunVerdict.NOT_RUN), answer.why)
        before, after = answer
        if self._draft.approval is not None and decision.kind is RerunKind.APPROVAL:
            after, more = _by_tiers(self._draft.approval, decision, before.edition, after)
        else:
            more = ()
        verdict = judge_again(before.findings, after, decision.leg, decision.kind is RerunKind.REFUSAL)
        if more and verdict.verdict in {RerunVerdict.SAME, RerunVerdict.EASED}:
            verdict = verdict._replace(verdict=RerunVerdict.WAITED)
        return _line(decision, verdict._replace(differences=(*verdict.differences, *more)))

    def _answer(self, decision: DecisionOnRecord) -> tuple[RecordedAnswer, DraftAnswer] | NotRun:
        key = (decision.looked, decision.facts)
        last_key, last = self._last
        if last_key is not None and all(map(_is_same, key, last_key)):
            return last  # type: ignore[no-any-return]
        answer = self._made(decision.looked, decision.facts)
        self._last = (key, answer)
        return answer

    def _made(self, look_facts: LookedAt | None, facts: RecordedFacts) -> tuple[RecordedAnswer, DraftAnswer] | NotRun:
        if look_facts is None or facts.proposal is None or facts.funding is None or facts.verification is None:
            return NotRun("nothing was assessed before it")
        edition = look_facts.assessment.rule_book
        book = EDITIONS.get(edition)
        if book is None:
            return NotRun(f"edition {edition} is not in this release")
        if not _is_faithful(look_facts):
            words = (
                "a name that it rests on was erased"
                if look_facts.facts.erased
                else "its bytes are not what is recorded"
            )
            return NotRun(f"its own edition {edition} does not give it again: {words}")
        # Where a name was erased since, words and keys are those of today on both sides.
        agrees_with_record = look_facts.facts == facts and not facts.erased
        own_answer = look_facts.assessment if agrees_with_record else assess(*_of(facts), book=book)
        legs = facts_of(*_of(facts))
        recorded_answer = RecordedAnswer(edition, own_answer.findings)
        return recorded_answer, answer_of(self._draft, legs, recorded_answer)


def _is_same(value: object, other_answer: object) -> bool:
    return value is other_answer


def _of(facts: RecordedFacts) -> tuple[Any, Any, Any, Any]:
    return facts.proposal, facts.funding, facts.verification, facts.interests


def _is_faithful(look_facts: LookedAt) -> bool:
    """True if the decision's own edition gives it again: to the byte or, with an erased name in it, in its findings."""
    decision: Decision = look_facts.facts.decision("", look_facts.assessment)
    if not look_facts.facts.erased:
        return decision.replays
    again = decision.reassess(EDITIONS[look_facts.assessment.rule_book])
    return _weights(again) == _weights(look_facts.assessment)


def _weights(assessment: Assessment) -> list[tuple[object, ...]]:
    return [(f.rule_id, f.leg, f.outcome, f.conditions) for f in assessment.findings]


def _by_tiers(
    tiers: DraftTiers, decision: DecisionOnRecord, edition: str, answer: DraftAnswer
) -> tuple[DraftAnswer, tuple[RuleDifference, ...]]:
    """Return the addition of the draft's tiers to an answer: an unrecorded fact, or the roles that would be asked."""
    proposal, verification = decision.facts.proposal, decision.facts.verification
    if proposal is None or verification is None or not proposal.sums:
        return answer, ()
    if is_later(since_of(Verification.model_fields["together"]), edition):
        open_facts = UnansweredRule(TIERS_RULE, tiers.source, Direction.FUNDS_OUT, ("together",))
        return answer._replace(unanswered=(*answer.unanswered, open_facts)), ()
    try:
        roles = missing(_quorum(tiers, proposal, decision), decision.approvers)
    except ThresholdUnknown:
        return answer, (RuleDifference(rule=TIERS_RULE, source=tiers.source, approvers=("no tier covers it",)),)
    approvers = tuple(role.value for role in roles)
    return answer, (RuleDifference(rule=TIERS_RULE, source=tiers.source, approvers=approvers),) if roles else ()


def _quorum(tiers: DraftTiers, proposal: Proposal, decision: DecisionOnRecord) -> tuple[Role, ...]:
    verification = decision.facts.verification
    conversion = decision.state.conversion
    base = conversion.base if conversion is not None else None
    has_base = base is not None and all(tier.currency == base for tier in tiers.tiers)
    rules = HouseRules(tiers=tiers.tiers, base_currency=base if has_base else None)
    together = verification.together if verification is not None else ()
    return quorum_to_decide(proposal, together, rules, decision.state.elevated, conversion)


def _line(decision: DecisionOnRecord, verdict: JudgedAgain, why: str = "") -> RerunDecision:
    edition = decision.looked.assessment.rule_book if decision.looked is not None else ""
    return RerunDecision(
        partnership=decision.partnership_id,
        position=decision.event.position,
        kind=decision.kind,
        day=decision.at.at.astimezone(UTC).date(),
        country=_country(decision.facts),
        money=decision.money,
        in_base=_in_base(decision),
        decided_under=edition,
        verdict=verdict.verdict,
        differences=verdict.differences,
        erased=decision.facts.erased,
        why=why,
    )


def _country(facts: RecordedFacts) -> str:
    if facts.proposal is None:
        return ""
    out = facts.proposal.funds_out
    return (out.payee if out is not None else facts.proposal.partner).country


def _in_base(decision: DecisionOnRecord) -> Money | None:
    """Return the sum in the base currency at the rate that was recorded with the approval or the last look."""
    verification = decision.facts.verification
    conversion = decision.state.conversion or (verification.conversion if verification is not None else None)
    return conversion.total((decision.money,)) if conversion is not None and decision.money is not None else None
