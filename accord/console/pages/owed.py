"""The page of what is owed: reports, papers, money and decisions, grouped by the day when each is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accord.client.waiting.unanswered import Unanswered, unanswered
from accord.console.lists.asking import day_of
from accord.console.lists.lines import GROUPS, group_of
from accord.console.lists.totals import MOST_WAITING
from accord.console.pages.tables import Cell, PageTable, TableRow, place_in, shown_table
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.words.codes import CODES, as_sentence, in_plain_words
from accord.presentation.words.days import day_in_words, due_in_words
from accord.presentation.words.owing import debtor_in_words
from accord.presentation.words.papers import paper_in_words
from accord.presentation.words.values import NamesInWords
from domain.policy.conditions import ConditionId
from records.read_models.lines import NEVER
from records.read_models.lists import EVERY, PAGE, ListQuery, kept_titles
from records.read_models.lists_as_of import lines_as_of, page_of, totals_of

NAME: Final = "Obligations"
QUESTION: Final = ListQuery("obligations")
_PAPERS: Final = CODES[ConditionId]
"""The papers that conditions ask for, by name. Everything else that is owed is said by its own words."""


@dataclass(frozen=True, slots=True)
class ObligationWords:
    """The words of obligations on a page: of its day, with the titles and names that it needs."""

    today: date
    names: NamesInWords
    titles: Mapping[str, tuple[str, str]]
    """Title and partner, by partnership."""
    counts: Mapping[str, int]
    """How many there are, by the group of their day."""

    @property
    def byline(self) -> str:
        """How many there are, and how many are late, or '' where they are more than is counted unasked."""
        return f"{sum(self.counts.values())} open, {self.counts.get('late', 0) or 'none'} late" if self.counts else ""

    def row(self, obligation: Mapping[str, Any]) -> TableRow:
        """Return an obligation as a row."""
        kind, href = obligation["kind"], f"/{obligation['partnership_id']}"
        if obligation.get("claimed"):
            return self._row(obligation, Cell(as_sentence(obligation["what"]), href=f"/before{href}"))
        if paper := _PAPERS.get(kind, ""):
            return self._row(obligation, Cell(paper, paper_in_words(ConditionId(kind)), href=href))
        return self._row(
            obligation, Cell(as_sentence(self.names.within(in_plain_words(obligation["what"]))), href=href)
        )

    def truth(self, wait: Unanswered) -> TableRow:
        """Return something that was told, and that a verifier is to answer, as a row."""
        words, teller = as_sentence(wait.truth.kind.words), self.names.person(wait.truth.teller)
        told = Cell(
            f"{words}: a verifier finds whether it is so", f"Told by {teller}", href=f"/truths/{wait.truth.name}"
        )
        return self._row(wait.obligation(), told)

    def _row(self, obligation: Mapping[str, Any], first: Cell) -> TableRow:
        due = date.fromisoformat(obligation["due"]) if obligation["due"] else None
        group, partnership_id = group_of(due, self.today), obligation["partnership_id"].removeprefix("-")
        title, partner = self.titles.get(partnership_id, (obligation.get("title", partnership_id), ""))
        partner = partner or obligation.get("partner", "")
        count = f" · {self.counts[group]}" if self.counts.get(group) else ""
        where = Cell(title, partner, id_below=partnership_id if partner else "")
        debtor = Cell(debtor_in_words(obligation["kind"], partner or "The partner"))
        return TableRow((first, debtor, where, self._due(due)), f"{GROUPS[group]}{count}")

    def _due(self, due: date | None) -> Cell:
        if due is None:
            return Cell("no day")
        distance, tone = due_in_words(due, self.today)
        return Cell(distance, day_in_words(due), tone=tone)


async def show(request: Request) -> Response:
    """Show what partners and the organisation owe, the earliest due first."""
    console: Console = request.app.state.console
    pool, times = console.desk.pool, Times.of(request)
    if request.query_params.get("format"):
        lines = [row async for row in lines_as_of(pool, QUESTION, times.cut)]
        lines += await console.claimed.page(QUESTION, times.cut, EVERY)
        rows = [row.shown for row in sorted(lines, key=lambda row: row.place)]
        return await shown_table(request, PageTable(NAME, sheets.OBLIGATIONS, rows))
    after = place_in(request)
    question = QUESTION.after(after) if after else QUESTION
    here, before = (
        await page_of(pool, question, times.cut, PAGE + 1),
        await console.claimed.page(question, times.cut, PAGE + 1),
    )
    lines = sorted([*here, *before], key=lambda row: row.place)[: PAGE + 1]
    waits = await unanswered(console.desk) if times.are_present else []
    obligations, first_waits = [row.shown for row in lines[:PAGE]], [] if after else waits
    rows = [*(wait.obligation() for wait in first_waits), *obligations]
    words = await _words(console, times, rows, waits)
    cells = [*map(words.truth, first_waits), *map(words.row, obligations)]
    by_day = sorted(zip(rows, cells, strict=True), key=lambda pair: pair[0]["due"] or NEVER)
    table = PageTable(
        NAME, sheets.OBLIGATIONS, rows, lines[PAGE - 1].place if len(lines) > PAGE else "",
        old=await console.age_of_lists(), title="Owed", byline=words.byline,
        headings=("What is owed", "By", "In", "Due"),
        row_cells=[row_cells for _, row_cells in by_day],
        empty="Nothing is owed. Reports, papers and money that somebody owes by a day stand here.",
    )  # fmt: skip
    return await shown_table(request, table)


async def _words(
    console: Console, times: Times, rows: Sequence[Mapping[str, Any]], waits: Sequence[Unanswered]
) -> ObligationWords:
    """Return the words of the rows of a page, with the counts of all that is owed."""
    day, pool, counts = day_of(times), console.desk.pool, Counter[str]()
    totals = await totals_of(pool, QUESTION, {"due": 10}, times.cut, among=MOST_WAITING + 1)
    dues = [*((total.key[0], total.lines) for total in totals), *((wait.due.isoformat(), 1) for wait in waits)]
    claims = await console.claimed.page(QUESTION, times.cut, MOST_WAITING + 1)
    dues += [(claim.shown["due"], 1) for claim in claims]
    for due, number in dues:
        counts[group_of(date.fromisoformat(due) if due else None, day)] += number
    titles = await kept_titles(pool, [row["partnership_id"] for row in rows]) if times.are_present else {}
    is_whole = counts.total() <= MOST_WAITING
    return ObligationWords(day, NamesInWords(await console.desk.directory()), titles, counts if is_whole else {})
