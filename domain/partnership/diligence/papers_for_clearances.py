"""The ground of a verifier's clearance: a paper, where a sentence would prove nothing (rules 4.2, 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.partnership.proposal.updates import NAME_ASKED
from domain.policy.codes import RecipientClass
from domain.policy.findings import Assessment, Outcome

_UNLISTED: Final = dict.fromkeys(
    ("ELIG-LISTED: ", f"ELIG-PATH: {RecipientClass.UNKNOWN.value}"), "what a body is that no register lists (any more)"
)
_RENAMED: Final = dict.fromkeys(("ELIG-NAME: ", NAME_ASKED), "a name that changed")


def proved_before_approval(assessment: Assessment) -> str | None:
    """Return the facts among the referrals of a first look that a paper alone proves, or None."""
    return _told(_UNLISTED, (key for finding in assessment.with_outcome(Outcome.REFER) for key in finding.keys))


def proved_later(questions: Iterable[str]) -> str | None:
    """Return the facts among the questions of a later look that a paper alone proves, or None."""
    return _told({**_RENAMED, **_UNLISTED}, questions)


def _told(by_a_paper: dict[str, str], questions: Iterable[str]) -> str | None:
    facts = (words for question in questions for start, words in by_a_paper.items() if question.startswith(start))
    return next(facts, None)
