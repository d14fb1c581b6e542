"""The page of what is owed: reports, papers, money and decisions, grouped by the day when each is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accord.client.unanswered import unanswered
from accord.console.lists.asking import day_of
from accord.console.lists.lines import GROUPS, due_in_words, group_of
from accord.console.lists.totals import MOST_WAITING
from accord.console.pages.tables import Cell, PageTable, TableRow, place_in, shown_table
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.words.codes import CODES, as_sentence, in_plain_words
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.owing import ObligationKind
from domain.policy.conditions import ConditionId
from records.read_models.lists import PAGE, ListQuery, kept_titles
from records.read_models.lists_as_of import lines_as_of, page_of, totals_of

NAME: Final = "Obligations"
QUESTION: Final = ListQuery("obligations")
_TOLD: Final = {"TRUTH": "something that was open_truths"}
_KINDS: Final[Mapping[str, str]] = {**CODES[ConditionId], **CODES[Wait], **CODES[ObligationKind], **_TOLD}
"""The kinds of what is owed, in words."""


async def show(request: Request) -> Response:
    """Show what partners and the organisation owe, the earliest due first."""
    console: Console = request.app.state.console
    pool, times = console.desk.pool, Times.of(request)
    if request.query_params.get("format"):
        rows = [row.shown async for row in lines_as_of(pool, QUESTION, times.cut)]
        return await shown_table(request, PageTable(NAME, sheets.OBLIGATIONS, rows))
    after = place_in(request)
    lines = await page_of(pool, QUESTION.after(after) if after else QUESTION, times.cut, PAGE + 1)
    rows = [row.shown for row in lines[:PAGE]]
    open_truths = (
        [open_truth.obligation() for open_truth in await unanswered(console.desk)] if times.are_present else []
    )
    rows = rows if after else [*open_truths, *rows]
    titles = await kept_titles(pool, [row["partnership_id"] for row in rows]) if times.are_present else {}
    names, counts = NamesInWords(await console.desk.directory()), await _counts(console, times, open_truths)
    table = PageTable(
        NAME, sheets.OBLIGATIONS, rows, lines[PAGE - 1].place if len(lines) > PAGE else "",
        old=await console.age_of_lists(), title="Owed",
        headings=("What is owed", "In", "Due"),
        row_cells=[_row(row, titles, names, day_of(times), counts) for row in rows], byline=_byline(counts),
        empty="Nothing is owed. Reports, papers and money that somebody owes by a day stand here.",
    )  # fmt: skip
    return await shown_table(request, table)


async def _counts(console: Console, times: Times, open_truths: list[dict[str, Any]]) -> Mapping[str, int]:
    """Return how much is owed, by the group of its day, or nothing where that is more than is counted unasked."""
    day = day_of(times)
    totals = await totals_of(console.desk.pool, QUESTION, {"due": 10}, times.cut, among=MOST_WAITING + 1)
    dues = [*((total.key[0], total.lines) for total in totals), *((row["due"], 1) for row in open_truths)]
    counts = Counter[str]()
    for due, number in dues:
        counts[group_of(date.fromisoformat(due) if due else None, day)] += number
    return counts if counts.total() <= MOST_WAITING else {}


def _byline(counts: Mapping[str, int]) -> str:
    late = counts.get("late", 0)
    return f"{sum(counts.values())} open{f', {late} late' if late else ''}" if counts else ""


def _row(
    row: Mapping[str, Any], titles: Mapping[str, tuple[str, str]], names: NamesInWords, today: date,
    counts: Mapping[str, int],
) -> TableRow:  # fmt: skip
    due, partnership_id = date.fromisoformat(row["due"]) if row["due"] else None, row["partnership_id"]
    group, href = group_of(due, today), f"/{partnership_id}" if partnership_id.startswith("P-") else "/truths"
    title, partner = titles.get(partnership_id, (partnership_id, ""))
    words = as_sentence(names.within(in_plain_words(row["what"])))
    heading = f"{GROUPS[group]}{f' · {counts[group]}' if counts.get(group) else ''}"
    return TableRow(
        (
            Cell(words, as_sentence(_KINDS.get(row["kind"], "")), href=href),
            Cell(title, partner, id_below=partnership_id if partner else ""),
            _due(due, today),
        ),
        heading,
    )  # fmt: skip


def _due(due: date | None, today: date) -> Cell:
    if due is None:
        return Cell("no day")
    distance, tone = due_in_words(due, today)
    return Cell(distance, day_in_words(due), tone=tone)
