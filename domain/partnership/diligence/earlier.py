"""Approvals under an earlier edition of the rule book, and the questions of newer editions on them (rules 4.16).

The first look under a newer edition says what it asks anew of the same facts. That holds payments from a later day.
Each later look asks as ever: a change after that holds at once.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.partnership.state import Partnership
from domain.policy.canonical import order_of
from domain.policy.earlier import TIME_TO_ANSWER, Later, asked_by, asked_first
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS, RuleBook, findings_under
from domain.screening.evidence import Verification


def later_after(
    partnership: Partnership, verification: Verification, assessment: Assessment, on: date
) -> tuple[Later, ...]:
    """Return the questions that a look leaves for a later day: those that stood so and still do, and new ones.

    `assessment`: the newest edition's word on the evidence `verification`. `on`: the day of the look.
    """
    known_questions = {later_question.asked: later_question for later_question in partnership.later}
    new = {
        question: Later(asked=question, due=on + TIME_TO_ANSWER)
        for question in newly_asked(partnership, verification, assessment)
    }
    questions = asked_by(assessment.findings)
    return tuple(
        (new | known_questions)[question] for question in questions if question in known_questions or question in new
    )


def newly_asked(partnership: Partnership, verification: Verification, assessment: Assessment) -> tuple[str, ...]:
    """Return the questions that an assessment asks only because its edition is newer.

    It is newer than the edition that was approved, and seen, before.
    """
    before, now = EDITIONS.get(partnership.seen_under), EDITIONS.get(assessment.rule_book)
    newer = order_of(assessment.rule_book) > order_of(partnership.seen_under)
    if before is None or now is None or not (newer and partnership.is_agreed) or partnership.funding is None:
        return ()
    return asked_first(partnership.proposed, partnership.funding, verification, partnership.interests, before, now)


class Upgrade(NamedTuple):
    """An edition's word on a partnership that was approved under an earlier one."""

    refuses: tuple[str, ...]
    """The reasons of its failures, which bind at the next payment."""
    asks: tuple[str, ...]
    """The questions and conditions that it asks first, which hold from a later day."""


def upgrade_to(partnership: Partnership, book: RuleBook) -> Upgrade:
    """Return an edition's objections that the newest one it was seen under does not make, by the newest evidence."""
    before, funding, verification = EDITIONS.get(partnership.seen_under), partnership.funding, partnership.verification
    older = order_of(partnership.seen_under) < order_of(book.version)
    if before is None or funding is None or verification is None or not older or not partnership.is_agreed:
        return Upgrade((), ())
    facts = (partnership.proposed, funding, verification, partnership.interests)
    findings, now = findings_under(*facts, before), findings_under(*facts, book)
    failing_rules = {finding.rule_id for finding in findings if finding.outcome is Outcome.FAIL}
    new = (finding for finding in now if finding.outcome is Outcome.FAIL and finding.rule_id not in failing_rules)
    return Upgrade(tuple(f"{finding.reason} ({finding.rule_id})" for finding in new), asked_first(*facts, before, book))


def holds_later(partnership: Partnership, tranche: int, on: date) -> tuple[str, ...]:
    """Return the questions for a later day that hold a tranche on a day, neither cleared nor on file."""
    answered_questions = {
        *partnership.cleared_referrals,
        *(condition_id.value for condition_id in partnership.on_file_for(tranche)),
    }
    return tuple(
        later_question.asked
        for later_question in partnership.later
        if later_question.holds(on) and later_question.asked not in answered_questions
    )


def not_yet(later: tuple[Later, ...], on: date) -> tuple[Later, ...]:
    """Return the questions for a later day that do not hold payments yet."""
    return tuple(later_question for later_question in later if not later_question.holds(on))
