"""The results of the partnerships by objective: each measure with its target and what an accepted report says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from accord.console.pages.tables import PageTable, place_in, shown_table
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.words.values import NamesInWords, sum_in_words
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import PAGE, ListQuery, Total
from records.read_models.lists_as_of import lines_as_of, page_of, totals_of
from records.read_models.result_lines import BEGUN, NO_OBJECTIVE, RESULTS_LIST, ResultStanding

BEGUN_LIST: Final = ListQuery("partnerships", (tuple(sorted(f"stage:{stage.value}" for stage in BEGUN)),))

STANDINGS: Final[Mapping[ResultStanding, str]] = {
    ResultStanding.REACHED: "target reached",
    ResultStanding.SHORT: "short of the target",
    ResultStanding.TOLD: "told, without a target",
    ResultStanding.OPEN: "not reported yet",
}
"""The standings of results, in the words of pages."""


class ObjectiveResults(NamedTuple):
    """What was done for an objective: partnerships, their money, and the measures by how they stand."""

    objective: str
    href: str
    partnerships: int
    money: str
    standings: Mapping[str, int]


async def by_objective(
    pool: asyncpg.Pool, names: NamesInWords, cut: LedgerAsOf, parameters: Mapping[str, str]
) -> tuple[ObjectiveResults, ...]:
    """Return the results of each objective, that of the most partnerships first. `parameters`: the page's times."""
    partnership_totals = await totals_of(pool, BEGUN_LIST, {"objective": 40, "currency": 3}, cut)
    measure_totals = await totals_of(pool, ListQuery(RESULTS_LIST), {"objective": 40, "standing": 8}, cut)
    codes = sorted({total.key[0] or NO_OBJECTIVE for total in partnership_totals})
    results = [_results(code, names, partnership_totals, measure_totals, parameters) for code in codes]
    return tuple(sorted(results, key=lambda result: (-result.partnerships, result.objective)))


def _results(
    code: str,
    names: NamesInWords,
    partnership_totals: Sequence[Total],
    measure_totals: Sequence[Total],
    parameters: Mapping[str, str],
) -> ObjectiveResults:
    objective_totals = [total for total in partnership_totals if (total.key[0] or NO_OBJECTIVE) == code]
    sums = sorted((total.key[1], total.amount or Decimal(0)) for total in objective_totals if total.key[1])
    counts = {total.key[1]: total.lines for total in measure_totals if total.key[0] == code}
    return ObjectiveResults(
        objective_in_words(code, names),
        "/results?" + urlencode({"objective": code, **parameters}),
        sum(total.lines for total in objective_totals),
        ", ".join(sum_in_words(amount, currency) for currency, amount in sums),
        {words: counts.get(standing.value, 0) for standing, words in STANDINGS.items()},
    )


def objective_in_words(code: str, names: NamesInWords) -> str:
    """Return an objective in the organisation's words."""
    return "No objective named" if code == NO_OBJECTIVE else names.objective(code)


NOTHING: Final = (
    "Nothing is measured yet. What a proposal promises to measure stands here once its agreement is signed."
)


async def results(request: Request) -> Response:
    """Show the results of all partnerships, or of an objective's."""
    console: Console = request.app.state.console
    pool, cut, objective = console.desk.pool, Times.of(request).cut, request.query_params.get("objective", "").strip()
    question = ListQuery(RESULTS_LIST, ((f"objective:{objective}",),) if objective else ())
    names = NamesInWords(await console.desk.directory())
    if request.query_params.get("format"):
        rows = [_in_words(row.shown, names) async for row in lines_as_of(pool, question, cut)]
        return await shown_table(request, PageTable("Results", sheets.RESULTS, rows))
    after = place_in(request)
    lines = await page_of(pool, question.after(after) if after else question, cut, PAGE + 1)
    more = lines[PAGE - 1].place if len(lines) > PAGE else ""
    rows = [_in_words(row.shown, names) for row in lines[:PAGE]]
    table = PageTable("Results", sheets.RESULTS, rows, more, old=await console.age_of_lists(), empty=NOTHING)
    return await shown_table(request, table)


def _in_words(cells: Mapping[str, Any], names: NamesInWords) -> dict[str, Any]:
    return {
        **cells,
        "objective": objective_in_words(cells["objective"], names),
        "standing": STANDINGS[ResultStanding(cells["standing"])],
    }
