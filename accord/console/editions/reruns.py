"""The page of a rerun: who would have waited, been refused or let through under a draft, by country and size."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.log_keys import known_keys
from accord.console.serving.desk import Console
from accord.operations.rerun.log import RerunLog
from accord.presentation.faults import Refused
from accord.presentation.words.organisation.rerun import (
    COLUMNS,
    DEEDS,
    KINDS,
    TONES,
    VERDICTS,
    fact_in_words,
    reasons_of,
)
from accord.presentation.words.values import country_in_words
from accord.web.pages import page
from domain.rerun.line import RerunLine
from domain.rerun.report import RerunDecision, RerunGroup, RerunReport, VerdictSums
from domain.rerun.verdicts import RerunVerdict
from ledger.proof.notes import NoteRefused
from records.read_models.lists import kept_titles

MOST_SHOWN: Final = 100
"""The decisions of one verdict that the page shows. The report has them all."""


class RerunCell(NamedTuple):
    """The decisions of a group with one verdict: how many, and their sums in words."""

    heading: str
    number: int
    sums: str


class RerunRow(NamedTuple):
    """A country or a size, and a kind of decision."""

    group: str
    kind: str
    cells: tuple[RerunCell, ...]


class ShownDecision(NamedTuple):
    """A decision that would have gone otherwise."""

    decision: RerunDecision
    title: str
    deed: str
    country: str
    reasons: tuple[tuple[str, str], ...]


async def show(request: Request) -> Response:
    """Show the newest kept rerun, or the one of a number. A log of which any line does not hold shows none."""
    console: Console = request.app.state.console
    lines, fault = log_lines(console)
    context: dict[str, Any] = {"lines": lines[::-1], "fault": fault, "is_kept": bool(_folder(console)), "line": None}
    line = _chosen(lines, request.query_params.get("run", ""))
    await console.looked_at(request.state.reader, f"rerun {line.number}" if line is not None else "reruns")
    if line is not None:
        try:
            report = await asyncio.to_thread(_log(console).report, line)
        except NoteRefused as refusal:
            return page(request, "reruns.html", context | {"fault": str(refusal)})
        context |= {"line": line, "report": report, **_tables(report)}
        context |= await _partnerships(console, report, request.query_params.get("verdict", ""))
    return page(request, "reruns.html", context)


def log_lines(console: Console) -> tuple[list[RerunLine], str]:
    """Return the lines of the kept reruns, the oldest first, and the reason why none is shown, or ''."""
    if not _folder(console):
        return [], ""
    try:
        return _log(console).lines(), ""
    except NoteRefused as fault:
        return [], str(fault)


def _folder(console: Console) -> str:
    return console.settings.checkpoints


def _log(console: Console) -> RerunLog:
    return RerunLog(Path(_folder(console)), known_keys([console.settings.log_key]))


def _chosen(lines: list[RerunLine], number: str) -> RerunLine | None:
    if not number:
        return lines[-1] if lines else None
    line = next((line for line in lines if str(line.number) == number), None)
    if line is None:
        raise Refused(f"no rerun of the number {number[:20]} is kept", "Unknown")
    return line


def _tables(report: RerunReport) -> dict[str, Any]:
    columns = [verdict for verdict in COLUMNS if report.number(verdict)]
    countries = [RerunGroup(group=country_in_words(group.group), verdicts=group.verdicts) for group in report.countries]
    tables = (("Country", countries), ("Size of the sum", report.sizes))
    return {
        "headings": [COLUMNS[verdict] for verdict in columns],
        "whole": _rows([RerunGroup(group="", verdicts=report.verdicts)], columns),
        "tables": [(title, _rows(groups, columns)) for title, groups in tables],
        "totals": [(VERDICTS[verdict], TONES[verdict], report.number(verdict)) for verdict in columns],
        "unknown": [(fact_in_words(fact.fact), fact) for fact in report.unknown],
        "is_in_base": any(line.in_base is not None for line in report.verdicts),
    }


def _rows(groups: Iterable[RerunGroup], columns: list[RerunVerdict]) -> list[RerunRow]:
    rows = []
    for group in groups:
        for kind, words in KINDS.items():
            by_verdict = {line.verdict: line for line in group.verdicts if line.kind is kind}
            if by_verdict:
                cells = tuple(_cell(verdict, by_verdict) for verdict in columns)
                rows.append(RerunRow(group.group, words, cells))
    return rows


def _cell(verdict: RerunVerdict, by_verdict: Mapping[RerunVerdict, VerdictSums]) -> RerunCell:
    line = by_verdict.get(verdict)
    if line is None:
        return RerunCell(COLUMNS[verdict], 0, "")
    return RerunCell(COLUMNS[verdict], line.decisions, _sums(line))


def _sums(line: VerdictSums) -> str:
    """Return sums by currency and, where they are of several, what is known of them in the base currency."""
    own_sums = ", ".join(map(str, line.sums))
    if line.in_base is None or [money.currency for money in line.sums] == [line.in_base.currency]:
        return own_sums
    without = f", {line.without_rate} without a rate" if line.without_rate else ""
    return f"{own_sums}; together {line.in_base}{without}"


async def _partnerships(console: Console, report: RerunReport, choice: str) -> dict[str, Any]:
    """Return the decisions of one verdict, those that would have been refused first, with their titles as of now."""
    verdicts = [v for v in COLUMNS if v is not RerunVerdict.SAME and report.number(v)]
    verdict = next((v for v in verdicts if v.value == choice), next(iter(verdicts), None))
    decisions = [decision for decision in report.otherwise if decision.verdict is verdict]
    page_decisions = decisions[:MOST_SHOWN]
    titles = await kept_titles(console.desk.pool, [decision.partnership for decision in page_decisions])
    return {
        "verdict": verdict,
        "verdicts": [(v, VERDICTS[v], report.number(v)) for v in verdicts],
        "named": [
            ShownDecision(
                decision,
                titles.get(decision.partnership, ("", ""))[0],
                DEEDS[decision.kind],
                country_in_words(decision.country),
                reasons_of(decision, fact_in_words),
            )
            for decision in page_decisions
        ],
        "more": len(decisions) - len(page_decisions),
    }
