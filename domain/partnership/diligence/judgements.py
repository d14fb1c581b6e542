"""Judgements: verifiers' earlier clearances, found again for the same facts, with their age (rules 3.7, 3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from domain.partnership import events as e
from domain.policy.findings import Assessment, Outcome
from domain.values import Moment, Value


class Judgement(Value):
    """A question that a verifier cleared in a partnership."""

    key: str
    """The rule and the facts that it asked about: the same key is the same question."""
    partnership_id: str
    actor: str
    at: Moment
    reason: str


def judgements(partnership_id: str, history: Sequence[Any]) -> Iterator[Judgement]:
    """Yield the clearances of a partnership, the oldest first, without those that fell since."""
    assessment: Assessment | None = None
    fallen = {withdrawal.person for withdrawal in history if isinstance(withdrawal, e.DecisionsFell)}
    fallen |= {declaration.interest.person for declaration in history if isinstance(declaration, e.InterestDeclared)}
    for event in history:
        match event:
            case e.EligibilityAssessed(assessment=new_assessment):
                assessment = new_assessment
            case e.ReferralCleared(actor=actor, at=at, reason=reason) if assessment and actor not in fallen:
                for key in (key for finding in assessment.with_outcome(Outcome.REFER) for key in finding.keys):
                    yield Judgement(key=key, partnership_id=partnership_id, actor=actor, at=at, reason=reason)
            case e.QuestionsCleared(questions=questions, actor=actor, at=at, reason=reason) if actor not in fallen:
                for key in questions:
                    yield Judgement(key=key, partnership_id=partnership_id, actor=actor, at=at, reason=reason)
            case _:
                pass


def judged_before(questions: Iterable[str], judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Return the newest judgement on each question that is asked now, of those that were judged elsewhere before."""
    newest = {judgement.key: judgement for judgement in sorted(judgements, key=lambda judgement: judgement.at)}
    return tuple(newest[key] for key in dict.fromkeys(questions) if key in newest)
