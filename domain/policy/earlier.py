"""The questions of a newer edition on an approval under an earlier one: they bind from a later day (rules 4.16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from domain.grants import Interest
from domain.policy.canonical import order_of
from domain.policy.conditions import ConditionId
from domain.policy.findings import Finding, Outcome
from domain.policy.rulebook import RuleBook, findings_under
from domain.policy.rules.payee.offices import RULES as OFFICES
from domain.policy.rules.sanctions import RULES as SCREENING
from domain.policy.rules.told import RULES as TOLD
from domain.proposal import Funding, Proposal
from domain.screening.evidence import Verification
from domain.values import Value

TIME_TO_ANSWER: Final = timedelta(days=60)
"""The time from the first look under a newer edition to the day from which its new questions hold payments."""

AT_ONCE: Final = frozenset(rule.rule_id for rule in (*SCREENING, *OFFICES, *TOLD))
"""Rules whose questions bind at the next payment, whichever edition asks first: screening, public offices, which the
organisation itself asks for, and what people told."""

_CONDITIONS: Final = frozenset(one.value for one in ConditionId)


class FirstLook(Value):
    """The first look at a partnership under an edition that is newer than those under which it was seen before."""

    edition: str
    on: date

    def binds(self, edition: str, on: date) -> bool:
        """True if an edition's questions hold payments on a day, because of this look."""
        return order_of(self.edition) >= order_of(edition) and on >= self.on + TIME_TO_ANSWER


class Later(Value):
    """A question or condition that a newer edition asks anew, and the day from which it holds payments."""

    asked: str
    """The key of the question, or the id of the condition."""
    due: date

    @property
    def condition(self) -> ConditionId | None:
        """The condition that it is, or None if it is a question."""
        return ConditionId(self.asked) if self.asked in _CONDITIONS else None

    def holds(self, on: date) -> bool:
        """True if it holds payments on a day."""
        return on >= self.due


def asked_by(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the questions of findings, each once: the keys of their referrals, and the ids of their conditions."""
    questions = dict[str, None]()
    for finding in findings:
        questions |= dict.fromkeys(finding.keys if finding.outcome is Outcome.REFER else ())
        questions |= dict.fromkeys(condition.value for condition in finding.conditions)
    return tuple(questions)


def asked_anew(before: Iterable[Finding], now: Iterable[Finding]) -> tuple[str, ...]:
    """Return an edition's questions on the same facts that the one before did not ask, without those that bind at once.

    `before`, `now`: the findings of both editions. A failure is no question: it binds at the next payment.
    """
    earlier_questions = asked_by(before)
    return tuple(
        question
        for question in asked_by(finding for finding in now if finding.rule_id not in AT_ONCE)
        if question not in earlier_questions
    )


def asked_first(
    proposal: Proposal, funding: Funding, verification: Verification, interests: tuple[Interest, ...],
    before: RuleBook, now: RuleBook,
) -> tuple[str, ...]:  # fmt: skip
    """Return the questions that an edition is the first to ask of a proposal, on the evidence `verification`.

    What people told is left out, since it binds at once.
    """
    untold = verification.model_copy(update={"truths": ()})
    return asked_anew(
        findings_under(proposal, funding, verification, interests, before),
        findings_under(proposal, funding, untold, interests, now),
    )
