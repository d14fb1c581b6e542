"""The paths of the lists, with their filters: the same as the shell's and the console's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from accord.api.parameters import Parameter, day, pattern, text, whole_number
from accord.api.requests import ApiPath, ApiRequest
from accord.presentation.books import tables
from accord.presentation.books.tables import Rows
from accord.presentation.filters import SORTS, PartnershipFilters, PaymentFilters
from domain.books import statements as s
from domain.directory.chart import chart_of
from domain.organisation.tokens import Scope
from domain.partnership.stages import Stage
from records.books.reading import BookView
from records.read_models.lists import ListQuery
from records.read_models.result_lines import RESULTS_LIST

Answer = Callable[[ApiRequest], Awaitable[Any]]
MOST_ROWS: Final = 500
"""The most rows of a page."""
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = rf"{_DAY}(T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?"
_MOMENT: Final = pattern(_TIME, "2026-06-30 for the end of a day, or 2026-06-30T12:00 in UTC")
_YES_NO: Final = pattern("yes|no", "yes or no")
_SUMS: Final = text("5000, 1000..5000, 1000.. or ..5000")

BOTH_TIMES: Final = (
    Parameter("true_at", "as it was true at this time; now without it", _MOMENT),
    Parameter("known_at", "by what was recorded by this time; now without it", _MOMENT),
)
PAGES: Final = (
    Parameter("limit", "the most rows of a page", whole_number(1, MOST_ROWS), 50),
    Parameter("cursor", "`next` of the page before", pattern(r"[A-Za-z0-9_-]{1,1000}", "`next` of the page before")),
)
_PARTNERSHIPS: Final = (
    Parameter("text", "words of an id, a title or a name, or their beginnings", text("words"), ""),
    Parameter("partner", "words of the partner's name", text("words"), ""),
    Parameter("payee", "words of the payee's name", text("words"), ""),
    Parameter("funder", "the funder's id", text("an id such as ISOC"), ""),
    Parameter("fund", "the fund that pays", text("an id such as FD-2026-ISOC"), ""),
    Parameter("country", "the partner's country", pattern("[A-Za-z]{2}", "two letters such as KE"), ""),
    Parameter("sum", "the sum, or two between which it lies", _SUMS, ""),
    Parameter("stage", "the stage", pattern("|".join(Stage), f"one of {', '.join(Stage)}"), ""),
    Parameter("held", "on hold, or not", _YES_NO, ""),
    Parameter("open", "something is to be done, or all is", _YES_NO, ""),
    Parameter("year", "the year in which it was proposed", pattern("[0-9]{4}", "a year such as 2026"), ""),
    Parameter("assigned", "who looks after it, or nobody", text("an id of the staff directory, or nobody"), ""),
)
_PAYMENTS: Final = (
    Parameter("partnership", "one partnership", pattern("P-[0-9]{4}-[0-9]{4,6}", "an id such as P-2026-0042"), ""),
    Parameter("payee", "words of the payee's name", text("words"), ""),
    Parameter("status", "a status such as SETTLED, or its meaning such as paid", text("a status such as paid"), ""),
    Parameter("sum", "the sum, or two between which it lies", _SUMS, ""),
    Parameter("from", "paid, or last moved, on this day or later", day("2026-06-30"), ""),
    Parameter("to", "paid, or last moved, on this day or before", day("2026-06-30"), ""),
    Parameter("text", "words of payee, title or reference", text("words"), ""),
    Parameter("fund", "the fund that pays", text("an id such as FD-2026-ISOC"), ""),
    Parameter("currency", "the currency", pattern("[A-Z]{3}", "three letters such as USD"), ""),
    Parameter("sort", "the order", pattern("|".join(SORTS), f"one of {', '.join(SORTS)}"), "-day"),
)
_BEFORE: Final = Parameter("before", "due before this day", day("2026-06-30"))
_OBJECTIVE: Final = Parameter("objective", "one aim of the organisation", text("its code"))


def _partnerships(values: Any) -> ListQuery:
    return PartnershipFilters(**{parameter.name: values[parameter.name] for parameter in _PARTNERSHIPS}).asked()


def _payments(values: Any) -> ListQuery:
    new_names = {"from": "released_from", "to": "released_to"}
    names = [parameter.name for parameter in _PAYMENTS]
    return PaymentFilters(**{new_names.get(name, name): values[name] for name in names}).asked()


def _obligations(values: Any) -> ListQuery:
    return ListQuery("obligations", below=values["before"])


def _results(values: Any) -> ListQuery:
    return ListQuery(RESULTS_LIST, ((f"objective:{values['objective']}",),) if values["objective"] else ())


def _kept(path: str, question: Callable[[Any], ListQuery]) -> Answer:
    async def answer(request: ApiRequest) -> Any:
        return await request.lists.kept(path, request.values, question)

    return answer


def _book(path: str, read: Callable[[BookView], Rows]) -> Answer:
    async def answer(request: ApiRequest) -> Any:
        return await request.lists.book(path, request.values, read)

    return answer


async def _funds(request: ApiRequest) -> Any:
    return await request.lists.funds("/v1/funds", request.values)


_KEPT: Final = (
    ("/v1/partnerships", "Partnerships, the earliest due first", _partnerships, _PARTNERSHIPS),
    ("/v1/payments", "Attempts to pay, and what came back of them", _payments, _PAYMENTS),
    ("/v1/obligations", "What partners and the organisation owe: reports, papers, decisions", _obligations, (_BEFORE,)),
    ("/v1/results", "What was achieved, by indicator, from accepted reports", _results, (_OBJECTIVE,)),
)
_BOOK: Final[tuple[tuple[str, str, Callable[[BookView], Rows]], ...]] = (
    ("/v1/trial-balance", "The balance of each account at the end of a day",
     lambda view: tables.trial_rows(s.trial_balance(view.book, view.on), chart_of(view.rules))),
    ("/v1/fund-statements", "The statement of each fund at the end of a day",
     lambda view: tables.fund_rows(s.fund_statement(view.book, view.on))),
    ("/v1/commitments", "Promises by the year in which they are due",
     lambda view: tables.commitment_rows(s.commitments(view.book, view.on))),
    ("/v1/ageing", "What is payable or receivable, by the days that it is overdue",
     lambda view: tables.ageing_rows(s.ageing(view.book, view.on))),
    ("/v1/forecast", "The cash of each currency to come and to go by month",
     lambda view: tables.forecast_rows(s.forecast(view.book, view.on))),
)  # fmt: skip

LIST_PATHS: Final = (
    *(
        ApiPath(
            path, Scope.LISTS, summary, _kept(path, question), "Page", (*filters, *BOTH_TIMES, *PAGES), is_noted=True
        )
        for path, summary, question, filters in _KEPT
    ),
    ApiPath("/v1/funds", Scope.LISTS, "Funds with their sums", _funds, "Page", (*BOTH_TIMES, *PAGES), is_noted=True),
    *(
        ApiPath(path, Scope.LISTS, summary, _book(path, read), "BookPage", (*BOTH_TIMES, *PAGES), is_noted=True)
        for path, summary, read in _BOOK
    ),
)
"""Every list, by its path."""
