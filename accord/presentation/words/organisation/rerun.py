"""A rerun in words: verdicts, kinds of decisions, and what a rule would have said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from accord.presentation.words.codes import CODES
from domain.directory.tiers import Role
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from domain.rerun.report import RerunDecision, RerunKind
from domain.rerun.verdicts import RerunVerdict, RuleDifference

VERDICTS: Final[Mapping[RerunVerdict, str]] = MappingProxyType(
    {
        RerunVerdict.REFUSED: "Would have been refused",
        RerunVerdict.WAITED: "Would have waited",
        RerunVerdict.ALLOWED: "Would not have been refused",
        RerunVerdict.EASED: "Less would have been asked",
        RerunVerdict.UNKNOWN: "Unknown",
        RerunVerdict.NOT_RUN: "Could not be run",
        RerunVerdict.SAME: "The same",
    }
)
"""Each verdict, for a heading, in the order in which they are shown."""

TONES: Final[Mapping[RerunVerdict, str]] = MappingProxyType(
    {
        RerunVerdict.REFUSED: "bad",
        RerunVerdict.WAITED: "warn",
        RerunVerdict.ALLOWED: "good",
        RerunVerdict.EASED: "good",
        RerunVerdict.UNKNOWN: "neutral",
        RerunVerdict.NOT_RUN: "neutral",
        RerunVerdict.SAME: "good",
    }
)
"""The tone in which each verdict is shown."""

KINDS: Final[Mapping[RerunKind, str]] = MappingProxyType(
    {RerunKind.APPROVAL: "Approvals", RerunKind.RELEASE: "Payments", RerunKind.REFUSAL: "Refusals"}
)
"""Each kind of decision, for a heading."""

DEEDS: Final[Mapping[RerunKind, str]] = MappingProxyType(
    {RerunKind.APPROVAL: "approved", RerunKind.RELEASE: "released", RerunKind.REFUSAL: "refused"}
)
"""Each kind of decision, as done."""

_OUTCOMES: Final[Mapping[Outcome | None, str]] = MappingProxyType(
    {
        None: "said nothing",
        Outcome.PASS: "let it pass",
        Outcome.CONDITION: "asked for papers",
        Outcome.REFER: "asked a question",
        Outcome.FAIL: "refused it",
    }
)
_WOULD: Final[Mapping[Outcome | None, str]] = MappingProxyType(
    {
        None: "would say nothing",
        Outcome.PASS: "would let it pass",
        Outcome.CONDITION: "would ask for papers",
        Outcome.REFER: "would ask a question",
        Outcome.FAIL: "would refuse it",
    }
)


COLUMNS: Final[Mapping[RerunVerdict, str]] = MappingProxyType(
    {
        RerunVerdict.REFUSED: "Refused",
        RerunVerdict.WAITED: "Waited",
        RerunVerdict.ALLOWED: "Not refused",
        RerunVerdict.EASED: "Less asked",
        RerunVerdict.UNKNOWN: "Unknown",
        RerunVerdict.NOT_RUN: "Not run",
        RerunVerdict.SAME: "The same",
    }
)
"""Each verdict, for the head of a column."""


def fact_in_words(way: str) -> str:
    """Return a fact's name as words, the part that is asked first: "revenue of the master file of the status"."""
    return " of the ".join(part.replace("_", " ") for part in reversed(way.split(".")))


def difference_of_rule(difference: RuleDifference, in_words: Callable[[str], str] = str) -> str:
    """Return a difference as a sentence, without the rule and its source. `in_words`: how a fact is named."""
    if difference.unknown:
        return f"asks what nobody recorded: {', '.join(map(in_words, difference.unknown))}"
    if difference.approvers:
        return f"would ask more approvers: {', '.join(map(_role, difference.approvers))}"
    papers = "; ".join(CODES[ConditionId][paper] for paper in difference.papers)
    return f"{_OUTCOMES[difference.was]}, and {_WOULD[difference.becomes]}" + (f" ({papers})" if papers else "")


def _role(code: str) -> str:
    return CODES[Role].get(code, code)


def reasons_of(decision: RerunDecision, in_words: Callable[[str], str] = str) -> tuple[tuple[str, str], ...]:
    """Return each reason of a verdict in words, with its rule and source, or '' where there is none."""
    if decision.why:
        return ((decision.why, ""),)
    return tuple((difference_of_rule(d, in_words), f"{d.rule}; {d.source}") for d in decision.differences)
