"""What the rules and the registers say of a case: one line where all is well, and only what is open in full."""

from __future__ import annotations

from typing import NamedTuple

from accord.presentation.words.codes import as_sentence, in_plain_words, words_of
from accord.presentation.words.facts import without_rule
from accord.presentation.words.papers import paper_in_words
from accord.presentation.words.values import NamesInWords
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.conditions import CONDITIONS
from domain.policy.findings import Finding, Outcome


class RuleLine(NamedTuple):
    """A finding in words, with its source for who asks."""

    outcome: str
    reason: str
    rule: str
    citation: str
    is_confirmed: bool
    evidence: tuple[str, ...]


class PaperAsked(NamedTuple):
    """A paper that the rules ask for."""

    what: str
    detail: str
    before: str
    is_on_file: bool


class CaseRules(NamedTuple):
    """What the rules and the registers say."""

    edition: str
    passed: tuple[RuleLine, ...]
    settled: tuple[RuleLine, ...]
    """Findings that a person cleared, or whose papers are on file."""
    cleared_by: str
    problems: tuple[RuleLine, ...]
    questions: tuple[str, ...]
    """What the registers ask since, and nobody has answered."""
    papers: tuple[PaperAsked, ...]
    options: tuple[str, ...]

    @property
    def is_quiet(self) -> bool:
        """True if nothing is open."""
        return not (self.problems or self.questions or any(not paper.is_on_file for paper in self.papers))


def rules_of(partnership: Partnership, names: NamesInWords) -> CaseRules | None:
    """Return what the rules say of a partnership, or None before they were asked."""
    assessment = partnership.assessment
    if assessment is None:
        return None
    by_state = {True: list[Finding](), False: list[Finding]()}
    for finding in assessment.findings:
        if finding.outcome is not Outcome.PASS:
            by_state[_is_settled(partnership, finding)].append(finding)
    passed = tuple(finding for finding in assessment.findings if finding.outcome is Outcome.PASS)
    return CaseRules(
        edition=assessment.rule_book,
        passed=tuple(_line(finding, names) for finding in passed),
        settled=tuple(_line(finding, names) for finding in by_state[True]),
        cleared_by=names.person(partnership.verifier) if partnership.verifier else "",
        problems=tuple(_line(finding, names) for finding in by_state[False]),
        questions=tuple(_said(question, names) for question in partnership.to_clear),
        papers=tuple(
            PaperAsked(
                words_of(condition),
                paper_in_words(condition),
                words_of(CONDITIONS[condition].before),
                condition in partnership.met,
            )
            for condition in partnership.conditions
        ),
        options=tuple(in_plain_words(option) for option in assessment.options) if by_state[False] else (),
    )


def _said(question: str, names: NamesInWords) -> str:
    return as_sentence(names.within(in_plain_words(without_rule(question))))


def _is_settled(partnership: Partnership, finding: Finding) -> bool:
    if finding.outcome is Outcome.CONDITION:
        return True  # its papers stand in a list of their own
    looked_at = partnership.stage not in {Stage.PROPOSED, Stage.DUE_DILIGENCE, Stage.ELIGIBILITY, Stage.DECLINED}
    return finding.outcome is Outcome.REFER and looked_at and bool(partnership.verifier)


def _line(finding: Finding, names: NamesInWords) -> RuleLine:
    return RuleLine(
        words_of(finding.outcome), _said(finding.reason, names), finding.rule_id, finding.citation, finding.confirmed,
        tuple(finding.evidence),
    )  # fmt: skip
