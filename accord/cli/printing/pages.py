"""Pages for a board to read, in Markdown or HTML: the findings on a partnership, and the rule book itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from markdown_it import MarkdownIt

from domain.markdown import plain
from domain.parties import FunderProfile
from domain.partnership.state import Partnership
from domain.partnership.waiting.outlook import outlook
from domain.policy.conditions import CONDITIONS
from domain.policy.findings import Assessment, Finding, Outcome
from domain.policy.rulebook import RuleBook
from domain.policy.sources import LegalSource, unconfirmed

WORDS = {
    Outcome.PASS: "Nothing stands against it",
    Outcome.CONDITION: "Allowed with conditions",
    Outcome.REFER: "To be looked at by a person",
    Outcome.FAIL: "Refused",
}
GROUPS = {
    Outcome.PASS: "Looked at, with nothing against it",
    Outcome.CONDITION: "Allowed once something is on file",
    Outcome.REFER: "For a person to look at",
    Outcome.FAIL: "Against it",
}
"""The heading of the findings of each outcome."""

_CITED: Final = re.compile(r"\b(?:rules table|rules|table) \d\.\d+(?:(?:,| and| to) \d\.\d+)*")
_SECTION: Final = re.compile(r"(?:rules table |rules |table )?(\d\.\d+)")
"""Sections of docs/rules.md as rules cite them, such as 3.13 and 4.2 behind one word, and each by itself."""


def explanation(partnership: Partnership) -> str:
    """Return the findings on a partnership as a Markdown page."""
    proposal, assessment = partnership.proposed, partnership.assessment
    money = f"{proposal.money}" if proposal.money else "no money"
    head = [
        f"# {partnership.partnership_id}: {plain(proposal.title)}",
        f"{plain(proposal.partner.name)} ({proposal.partner.country}), {money}, "
        f"funded by {', '.join(proposal.funder_ids)}. Stage: {partnership.stage.value}. "
        f"Next: {plain(outlook(partnership).next_step)}.",
        f"**Community served**: {plain(proposal.public_interest.community_served)}",
        f"**Mission objective**: {plain(proposal.public_interest.mission_objective)}",
    ]
    body = ["The rule book has not spoken yet."] if assessment is None else _assessment(partnership, assessment)
    return "\n\n".join([*head, *body]) + "\n"


def _assessment(partnership: Partnership, assessment: Assessment) -> list[str]:
    parts = [
        f"## {WORDS[assessment.outcome]}",
        *([] if assessment.outcome is Outcome.PASS else [plain(assessment.deciding)]),
        *_options(assessment),
        *_conditions(partnership),
        *_people(partnership),
        "## Findings",
        *(_group(assessment, outcome) for outcome in reversed(Outcome) if assessment.with_outcome(outcome)),
        f"Rule book {assessment.rule_book}; SHA-256 of the facts `{assessment.facts_sha256}`.",
    ]
    if any(not finding.confirmed for finding in assessment.findings):
        parts.append("\\* rests on a source that counsel has not confirmed.")
    return parts


def _options(assessment: Assessment) -> list[str]:
    if not assessment.options:
        return []
    return ["## What can be done, the cheapest first", _list(assessment.options, with_numbers=True)]


def _conditions(partnership: Partnership) -> list[str]:
    if not partnership.conditions:
        return []
    lines = []
    for condition in partnership.conditions:
        state = "on file" if condition in partnership.met else f"before {CONDITIONS[condition].before.value.lower()}"
        lines.append(f"{CONDITIONS[condition].what} ({condition.value}): {state}")
    return ["## Conditions", _list(lines)]


def _people(partnership: Partnership) -> list[str]:
    lines = [f"{', '.join(partnership.proposers)} proposed it"]
    lines += [f"{partnership.verifier} cleared the referral"] if partnership.verifier else []
    lines += [
        _approval(approval.actor, approval.role.value, approval.on_behalf_of) for approval in partnership.approvals
    ]
    lines += [f"{interest.person} is recused: {plain(interest.what)}" for interest in partnership.interests]
    lines += [f"still to approve: {role.value}" for role in partnership.missing_approvals]
    return ["## Who decided", _list(lines)]


def _approval(actor: str, role: str, lender: str) -> str:
    return f"{actor} approved as {role}" + (f", on behalf of {lender}" if lender else "")


def _group(assessment: Assessment, outcome: Outcome) -> str:
    rows = (_row(finding) for finding in assessment.with_outcome(outcome))
    return f"### {GROUPS[outcome]}\n\n" + _table(("Rule", "Layer", "Reason", "Source", "Evidence"), rows)


def _row(finding: Finding) -> tuple[str, ...]:
    source = finding.citation + ("" if finding.confirmed else " *")
    return finding.rule_id, finding.layer.value, finding.reason, source, "; ".join(finding.evidence)


def rule_book_page(book: RuleBook, confirmed_sources: Collection[LegalSource] = ()) -> str:
    """Return the whole rule book with its sources as a Markdown page. `confirmed_sources`: confirmed since."""
    waiting = [source for source in unconfirmed(book) if source not in confirmed_sources]
    rules = {source.rule_id for source in waiting}
    rows = (
        (
            rule.rule_id,
            rule.layer.value,
            _first_line(rule.test.__doc__),
            rule.citation + _star(rule.rule_id not in rules),
        )
        for rule in book.rules
    )
    conditions = (
        (condition_id.value, CONDITIONS[condition_id].what, CONDITIONS[condition_id].before.value.lower())
        for condition_id in CONDITIONS
    )
    return (
        "\n\n".join(
            [
                f"# The rule book, edition {book.version}",
                "Each rule is a pure function from the facts of one leg to a finding. The heaviest finding decides: "
                "FAIL refuses, REFER waits for a person, CONDITION allows once something is on file, PASS stands "
                "aside. None of it is legal advice.",
                "Where a number is cited, such as rules 2.4, docs/rules.md says what is promised, and by which law.",
                _counted(waiting, book),
                _table(("Rule", "Layer", "What it says", "Source"), rows),
                "\\* rests, in whole or in part, on a source that counsel has not confirmed.",
                "## Who may pay whom",
                _table(("Recipient", *(profile.value for profile in FunderProfile)), _paths(book)),
                "## Conditions",
                _table(("Condition", "What to do", "Before"), conditions),
                "## Sources that counsel has not confirmed",
                _table(("Rule", "Source"), waiting) if waiting else "None.",
            ]
        )
        + "\n"
    )


def linked(page: str) -> str:
    """Return a page with each section of the rules that it cites as a link to docs/rules.md, which lies beside it."""
    return _CITED.sub(lambda cited: _SECTION.sub(r"[\g<0>](rules.md#r\1)", cited[0]), page)


def _counted(waiting: Sequence[LegalSource], book: RuleBook) -> str:
    rules = {source.rule_id for source in waiting}
    return (
        f"**Not confirmed by counsel: {len(waiting)} sources, on which {len(rules)} of its {len(book.rules)} rules "
        "rest.** These rules are marked *, their sources are listed at the end, and findings that rest on one say so. "
        "The funder's counsel confirms each: `accord policy confirm RULE`."
    )


def _paths(book: RuleBook) -> Iterable[tuple[str, ...]]:
    for recipient, row in book.paths.items():
        cells = (row[profile] for profile in FunderProfile)
        yield recipient.value, *(f"{cell.outcome.value}: {cell.reason}" for cell in cells)


def _star(is_certain: bool) -> str:
    return "" if is_certain else " *"


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def to_html(markdown: str, title: str) -> str:
    """Return a Markdown page as a standalone HTML document. Raw HTML in the Markdown is escaped."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    heading = MarkdownIt("commonmark", {"html": False}).renderInline(title)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{heading}</title>\n'
        "<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.4rem;text-align:left;"
        f"vertical-align:top}}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _list(lines: Iterable[str], with_numbers: bool = False) -> str:
    return "\n".join(f"{f'{n}.' if with_numbers else '-'} {plain(line)}" for n, line in enumerate(lines, start=1))
