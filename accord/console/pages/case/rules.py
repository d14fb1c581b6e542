"""What the rules and the registers say of a case: one line where all is well, and only what is open in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from accord.presentation.words.codes import as_sentence, in_plain_words, words_of
from accord.presentation.words.facts import without_rule
from accord.presentation.words.papers import paper_in_words
from accord.presentation.words.values import NamesInWords
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.conditions import CONDITIONS
from domain.policy.findings import Finding, Outcome


class RuleSource(NamedTuple):
    """A finding with its source, for who asks."""

    outcome: str
    rule: str
    citation: str
    is_confirmed: bool
    evidence: tuple[str, ...]


class RuleLine(NamedTuple):
    """A reason in words, with the rules that give it."""

    reason: str
    outcome: str
    rules: tuple[str, ...]
    is_above: bool = False
    """True if the note at the head of the page says it already."""


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
    sources: tuple[RuleSource, ...]
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
    passed = [finding for finding in assessment.findings if finding.outcome is Outcome.PASS]
    others = [finding for finding in assessment.findings if finding.outcome is not Outcome.PASS]
    settled = [finding for finding in others if _is_settled(partnership, finding)]
    problems = [finding for finding in others if finding not in settled]
    options = tuple(dict.fromkeys(in_plain_words(option) for option in assessment.options)) if problems else ()
    reasons = Reasons(names, options, partnership.question if partnership.is_to_cure else "")
    return CaseRules(
        edition=assessment.rule_book,
        problems=reasons.said_once(problems),
        settled=reasons.said_once(settled),
        passed=reasons.said_once(passed),
        sources=tuple(dict.fromkeys(map(_source, (*problems, *settled, *passed)))),
        cleared_by=names.person(partnership.verifier) if partnership.verifier else "",
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
        options=options,
    )


def _said(question: str, names: NamesInWords) -> str:
    return as_sentence(names.within(in_plain_words(without_rule(question))))


def _is_settled(partnership: Partnership, finding: Finding) -> bool:
    if finding.outcome is Outcome.CONDITION:
        return True  # its papers stand in a list of their own
    looked_at = partnership.stage not in {Stage.PROPOSED, Stage.DUE_DILIGENCE, Stage.ELIGIBILITY, Stage.DECLINED}
    return finding.outcome is Outcome.REFER and looked_at and bool(partnership.verifier)


def _source(finding: Finding) -> RuleSource:
    return RuleSource(
        words_of(finding.outcome), finding.rule_id, finding.citation, finding.confirmed, tuple(finding.evidence)
    )


def _clauses(sentence: str) -> dict[str, str]:
    """Return the clauses of a sentence, by what makes two of them the same."""
    clauses = sentence.rstrip(".").split("; ")
    return {clause.casefold().removeprefix("cheapest lawful path: "): clause for clause in clauses}


class Reasons:
    """The reasons of the rules for a page, which says each once."""

    def __init__(self, names: NamesInWords, options: tuple[str, ...], note: str) -> None:
        """Begin with what the page says elsewhere: the ways out, and the note at its head, or ''."""
        self._names, self._note = names, _clauses(_said(note, names))
        self._heard: dict[str, str] = dict.fromkeys((key for option in options for key in _clauses(option)), "")

    def said_once(self, findings: Sequence[Finding]) -> tuple[RuleLine, ...]:
        """Return the reasons of some findings. A clause that was said before is left out, and so is an empty line."""
        lines: dict[str, RuleLine] = {}
        for finding in findings:
            clauses = _clauses(_said(finding.reason, self._names))
            fresh = {key: clause for key, clause in clauses.items() if key not in self._heard}
            if fresh:
                words, line_key = as_sentence("; ".join(fresh.values())), next(iter(fresh))
                is_above = fresh.keys() <= self._note.keys()
                lines[line_key] = RuleLine(words, words_of(finding.outcome), (finding.rule_id,), is_above)
                self._heard |= dict.fromkeys(fresh, line_key)
            elif line := lines.get(line_key := self._heard[next(iter(clauses))]):
                lines[line_key] = line._replace(rules=tuple(dict.fromkeys((*line.rules, finding.rule_id))))
        return tuple(lines.values())
