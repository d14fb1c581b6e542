"""The book's lists in the base currency: planning figures at a recorded rate, beside sums that stay as they are."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from accord.client.desk import Desk
from accord.console.pages.figures import Counts, headlines_of
from accord.console.pages.times import Times
from accord.organisation.books.planning import conversion_of
from accord.presentation.books import tables
from accord.presentation.books.planning import PLANNED, planned_file, planned_list, planned_total
from accord.presentation.sheets import PARTNERSHIPS, as_csv, plain_row
from accord.presentation.workbooks import as_workbook, with_currency
from domain.books.statements import AgeLine, trial_balance
from domain.directory.people import HouseRulesSet
from ledger import clock
from records.books.reading import Books
from tests.accord.organisation.books.test_closing import days_ago, received
from tests.accord.to_the_bank.test_base_currency import published
from tests.governing import decree
from tests.rates import conversion, in_dollars


def ageing(*sums: tuple[str, str]) -> tables.Rows:
    """Sums that are payable, each with its currency."""
    lines = (
        AgeLine(False, "ISOC", currency, "P-2026-0042", 1, None, None, Decimal(amount)) for amount, currency in sums
    )
    return tables.ageing_rows(lines)


def test_each_sum_is_converted_and_rounded_once_and_the_sum_itself_stays() -> None:
    rows = ageing(("80.01", "EUR"), ("100.00", "USD"), ("1", "JPY"), ("5.00", "KES"))
    planned = planned_list(rows, tables.AGEING, conversion("USD"))
    assert [row[PLANNED] for row in planned.rows] == ["100.01", "100.00", "0.01", None]
    assert [{**row, PLANNED: None} for row in planned.rows] == [{**row, PLANNED: None} for row in rows]
    assert "EUR 1 = USD 1.25" in planned.words
    assert "no postings" in planned.words
    assert planned.words.endswith("without a rate: KES.")


def test_without_a_base_currency_a_list_is_as_it_is_and_without_rates_its_own_currency_stands() -> None:
    rows = ageing(("80.00", "EUR"), ("100.00", "USD"))
    assert planned_list(rows, tables.AGEING, None) == (rows, tables.AGEING, "")
    planned = planned_list(rows, tables.AGEING, conversion("USD", None))
    assert [row[PLANNED] for row in planned.rows] == [None, "100.00"]


def test_a_file_has_the_rows_currency_behind_its_own_sums_and_the_base_in_the_heading() -> None:
    planned = planned_list(ageing(("80.00", "EUR")), tables.AGEING, conversion("USD"))
    assert as_csv(planned.rows, planned.columns).splitlines()[0].endswith("amount,currency,planned")
    assert [column.heading for column in with_currency(planned.columns)][-2:] == ["Currency", "In USD, planning"]


def test_sums_of_several_currencies_are_one_marked_with_the_day_of_its_rates() -> None:
    told = planned_total({"EUR": Decimal("80.00"), "USD": Decimal("100.00")}, conversion("USD"))
    assert told == "about USD 200.00 for planning, by the reference rates of 2 Nov"
    lacking = planned_total({"EUR": Decimal("80.00"), "KES": Decimal(5)}, conversion("USD"))
    assert lacking.startswith("about USD 100.00 for planning")
    assert lacking.endswith(", without what has no rate (KES)")
    assert "no reference rate is on record" in planned_total({"EUR": Decimal(1)}, conversion("USD", None))


def test_nothing_is_told_where_nothing_is_converted() -> None:
    assert planned_total({"USD": Decimal(5), "EUR": Decimal(0)}, conversion("USD")) == ""
    assert planned_total({"EUR": Decimal(5)}, None) == ""


LINES = [{"amount": "80.00", "currency": "EUR"}, {"amount": None, "currency": None}]


def test_a_file_of_a_list_has_each_figure_with_its_currency_and_the_day_of_its_rates() -> None:
    """Given a grant in euros and a partnership without money, then the first alone has a planning figure."""
    planned = planned_file(LINES, PARTNERSHIPS, conversion("USD"))
    assert as_csv(planned.rows, planned.columns).splitlines()[1].endswith(",100.00,USD,2026-11-02")
    money, none = map(plain_row, planned.rows)
    assert money["planned"] == {"amount": "100.00", "currency": "USD", "rates_of": "2026-11-02"}
    assert "planned" not in none
    assert planned_file(LINES, PARTNERSHIPS, None).columns == PARTNERSHIPS
    book = load_workbook(io.BytesIO(as_workbook(planned.rows, planned.columns)))
    assert book["Partnerships"].max_row == 3


def test_the_figures_for_a_board_say_what_several_currencies_come_to() -> None:
    sums = {"EUR": Decimal("80.00"), "USD": Decimal("100.00")}
    counts = Counts(sums, 2, {"USD": Decimal(1)}, 1, {}, 0, 0, 0, 0)
    committed, paid, *_ = headlines_of(counts, None, 2026, Times(), conversion("USD"))
    assert (committed.value, paid.planned) == ("EUR 80.00, USD 100.00", "")
    assert committed.planned.startswith("about USD 200.00 for planning")


async def test_the_rates_are_those_of_the_day_and_no_entry_knows_of_them(furnished: Desk, tmp_path: Path) -> None:
    """Given a base currency and rates, when the book is read, then its entries are as before."""
    await received(furnished, "500.00", days_ago(5))
    before = (await Books(furnished.reader).read(clock.today())).book.entries
    assert await conversion_of(furnished, clock.today()) is None
    await decree(furnished, HouseRulesSet(rules=in_dollars()))
    await published(furnished, tmp_path, "1.25")
    found = await conversion_of(furnished, clock.today() + timedelta(days=400))
    assert found is not None
    assert found.rates is not None, "a day to come has the rates of today"
    assert found.rates.rates.day == clock.today()
    old = await conversion_of(furnished, clock.today() - timedelta(days=40))
    assert old is not None
    assert old.rates is None, "none of that day is on record"
    book = (await Books(furnished.reader).read(clock.today())).book
    assert list(book.entries) == list(before)
    assert {line.currency for line in trial_balance(book, clock.today())} == {"USD"}
