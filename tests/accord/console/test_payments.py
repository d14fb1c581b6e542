"""Payments are read by period, in words, and added up by the database: each currency alone, as of any day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest

from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import named_exception
from accord.console.pages.payment_totals import figures_of, total_sums
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from accord.presentation.filters import STANDINGS
from domain.payment.bank_answers import BankStatus, Resolution
from domain.values import Money
from ledger import clock
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import ListQuery, Total
from records.read_models.lists_as_of import totals_of
from tests import paying
from tests.accord.console.auditing import faults_of
from tests.builders import funds_out, proposal
from tests.lives import Life, until_shown
from tests.references import next_reference

Visit = Callable[[str], Any]
PAID, READY, AT_THE_BANK = "P-2026-0881", "P-2026-0882", "P-2026-0883"


@pytest.fixture(scope="module")
async def paid(desk: Desk, worker: None) -> None:
    """One payment of two is paid, one is ready, and one is at the bank."""
    global PAID, READY, AT_THE_BANK
    # Of this office: the server remembers those of an earlier one of this file, whose tests another process took.
    PAID, READY, AT_THE_BANK = next_reference(), next_reference(), next_reference()
    story = await paying.agreed_on(desk, PAID, "5000.00", "2500.00", title="Teachers' network")
    await Life(desk, PAID).bank_says(await paying.release(story), BankStatus.SETTLED)
    await paying.released(desk, READY, "8000.00", title="Village clinics")
    await paying.released(desk, AT_THE_BANK, "12000.00", title="Routing workshop")
    await Life(desk, AT_THE_BANK).hand_over()
    await until_shown(desk)


def rows_of(page: str) -> list[str]:
    """The rows of the table as text, each cell by its words alone."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" | ".join(re.findall(r">([^<>]+)<", row)) for row in body.split("</tr>") if row.strip()]


@pytest.mark.usefixtures("paid")
async def test_a_payment_is_told_in_words_with_what_it_is_for(visit: Visit) -> None:
    page = (await (await visit("otto.audit")).get(f"/payments?partnership={PAID}")).text
    [row] = rows_of(page)
    for words in ("Riverbend Library Network", "Teachers&#39; network, 1 of 2", "USD 5,000.00", "Paid", "Released"):
        assert words in row
    assert "SETTLED" not in row
    assert f'href="/{PAID}">Open the partnership' in page
    assert "<dt>Released by</dt><dd>Paul Nkosi · " in page


@pytest.mark.usefixtures("paid")
async def test_the_totals_below_a_long_list_are_named_and_reached_above_it(visit: Visit) -> None:
    """Given more lines than a window shows, then what was paid by fund can be found without scrolling for it."""
    page = (await (await visit("otto.audit")).get("/payments")).text
    way = '<a href="#paid">What was paid by payee, fund, funder and month</a>'
    assert page.index(way) < page.index("<table") < page.index('id="paid"')


@pytest.mark.usefixtures("paid")
async def test_a_workbook_says_of_which_period_it_is_and_that_its_total_is_of_every_status(visit: Visit) -> None:
    """Given no period that is asked for, then the list is of this year, and its workbook says so to whoever reckons."""
    answer = await (await visit("otto.audit")).get("/payments?format=xlsx")
    about = openpyxl.load_workbook(io.BytesIO(answer.content))["About this sheet"]
    told = {line[0].value: line[1].value for line in about.iter_rows() if line[0].value}
    assert (told["Filters"], told["Period"]) == ("none", f"{clock.today().year}")
    assert {label for label in told if label.startswith("Total of sum, of")} == {"Total of sum, of every status, USD"}
    assert told["Total of sum, ISOC, SETTLED, USD"] == 5000


@pytest.mark.usefixtures("paid")
async def test_the_figures_and_totals_are_of_the_period_and_filters_that_are_asked_for(visit: Visit) -> None:
    visitor, year = await visit("otto.audit"), datetime.now(UTC).year
    now = (await visitor.get(f"/payments?partnership={PAID}")).text
    assert f"<b>USD 5,000.00</b> paid in {year}, in 1 payment" in now
    assert "By funder" in now
    assert "Internet Society" in now
    before = (await visitor.get(f"/payments?partnership={PAID}&period={year - 1}")).text
    assert f"Nothing paid in {year - 1}" in before
    assert rows_of(before) == []
    assert "Totals of what was paid" not in before


@pytest.mark.usefixtures("paid")
async def test_payees_are_added_up_within_each_fund_and_what_is_of_no_fund_is_asked_for(visit: Visit) -> None:
    """Given payments of no fund, then the totals say their payees, and the filter lists those alone."""
    visitor = await visit("otto.audit")
    page = (await visitor.get(f"/payments?partnership={PAID}")).text
    table = " ".join(re.findall(r">([^<>]+)<", page.partition("Payees within each fund")[2].partition("</table>")[0]))
    assert "No fund USD 5,000.00 Riverbend Library Network USD 5,000.00" in " ".join(table.split())
    assert '<option value="-">No fund</option>' in page
    assert len(rows_of((await visitor.get(f"/payments?partnership={PAID}&fund=-")).text)) == 1
    other = (await visitor.get(f"/payments?partnership={PAID}&fund=FD-2026-NONE")).text
    assert (rows_of(other), "Payees within each fund" in other) == ([], False)


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("status=ready", {"Village clinics"}),
        ("status=at-the-bank", {"Routing workshop"}),
        ("status=paid&text=teach", {"Teachers&#39; network"}),
        ("text=rout", {"Routing workshop"}),
        ("status=ready&text=rout", set()),
    ],
)
async def test_status_and_search_find_what_they_say(visit: Visit, query: str, listed: set[str]) -> None:
    page = (await (await visit("otto.audit")).get(f"/payments?{query}")).text
    titles = ("Village clinics", "Routing workshop", "Teachers&#39; network")
    assert {title for title in titles if any(title in row for row in rows_of(page))} == listed


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize("period", ["", "period=all&", "from=2000-01-01&"])
async def test_the_largest_sum_comes_first_or_last_as_one_asks(visit: Visit, period: str) -> None:
    visitor = await visit("otto.audit")
    for sort in ("-sum", "sum"):
        path = f"/payments?{period}sort={sort}&format=json"
        amounts = [Decimal(row["money"]["amount"]) for row in (await visitor.get(path)).json()]
        assert amounts == sorted(amounts, reverse=sort == "-sum")
        assert len(amounts) >= 3


@pytest.mark.usefixtures("paid")
async def test_what_is_older_and_not_paid_yet_is_told_and_led_to(visit: Visit) -> None:
    visitor, tomorrow = await visit("otto.audit"), f"{datetime.now(UTC).year + 1}-01-01"
    page = (await visitor.get(f"/payments?from={tomorrow}&partnership={READY}")).text
    assert "1 payment is older and not paid yet: USD 8,000.00." in page
    assert "period=all" in page


@pytest.mark.usefixtures("paid")
async def test_the_sheets_name_funder_fund_and_title(visit: Visit) -> None:
    rows = list(csv.DictReader(io.StringIO((await (await visit("otto.audit")).get("/payments?format=csv")).text)))
    row = next(one for one in rows if one["partnership_id"] == PAID)
    assert (row["title"], row["funder"], row["funds"]) == ("Teachers' network", "ISOC", "")


@pytest.mark.usefixtures("paid")
async def test_the_totals_of_the_database_are_those_of_the_lines_now_and_as_of_another_time(desk: Desk) -> None:
    """Given payments, when totals are asked for of one moment twice, then both ways to read them agree."""
    question, fields = ListQuery("payments", (("status:SETTLED",),)), {"currency": 3, "payee": 200}
    now = await totals_of(desk.pool, question, fields, LedgerAsOf())
    then = await totals_of(desk.pool, question, fields, LedgerAsOf(known_at=datetime.now(UTC)))
    assert now == then
    largest = await totals_of(desk.pool, question, fields, LedgerAsOf(), most=1)
    assert largest == sorted(now, key=lambda total: -(total.amount or 0))[:1]
    assert await totals_of(desk.pool, question, fields, LedgerAsOf(known_at=datetime.now(UTC)), most=1) == largest


@pytest.mark.slow
async def test_as_of_a_time_a_payment_stands_as_it_stood_then(visit: Visit, desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    payment = await life.released(proposal(reference, funds_out=funds_out("700.00")))
    released = datetime.now(UTC)
    await life.bank_says(payment, BankStatus.SETTLED)
    await until_shown(desk)
    visitor, address = await visit("otto.audit"), f"/payments?partnership={reference}"
    then = (await visitor.get(f"{address}&known={quote(released.isoformat())}")).text
    assert ("Ready" in rows_of(then)[0], "Nothing paid" in then) == (True, True)
    assert "Paid" in rows_of((await visitor.get(address)).text)[0]


@pytest.mark.parametrize(
    ("query", "field"),
    [("period=soon", "period"), ("from=x", "from"), ("sort=payee", "order"), ("status=LOST", "status")],
)
async def test_what_cannot_be_asked_is_said_by_its_field(visit: Visit, query: str, field: str) -> None:
    answer = await (await visit("otto.audit")).get(f"/payments?{query}")
    assert (answer.status_code, f"{field.capitalize()}: " in answer.text) == (422, True)


@pytest.mark.slow
@pytest.mark.usefixtures("paid")
async def test_a_payments_days_and_the_banks_words_open_and_axe_finds_nothing(
    at_a_browser: Callable[..., Any], visit: Visit
) -> None:
    person = await at_a_browser("otto.audit")
    await person.begin(await visit("otto.audit"))
    await person.page.goto(f"{person.settings.origin}/payments")
    for width in (1280, 320):
        await person.page.set_viewport_size({"width": width, "height": 800})
        await person.page.click(".pay details.menu:not([open]) > summary >> nth=0")
        await person.page.locator(".pay details[open] dl").wait_for()
        assert await faults_of(person.page) == []
    assert person.complaints == []


@pytest.mark.slow
async def test_what_came_back_is_counted_off_and_stands_in_a_line_of_its_own(
    visit: Visit, desk: Desk, reference: str
) -> None:
    """Given 5,975 of 6,000 that came back, then as much is paid still as its case says, now and as of a time."""
    life = Life(desk, reference)
    payment = await life.released(proposal(reference, funds_out=funds_out("6000.00")))
    await life.bank_says(payment, BankStatus.SETTLED)
    told = await life.bank_says(payment, BankStatus.RETURNED, money=Money(amount=Decimal(5975), currency="USD"))
    exception = await named_exception(desk, told.for_a_person[0].exception)
    for person in ("mira.sato", "dora.kim"):
        await resolve(desk, exception, Resolution.BELONGS_TO, PaymentReference(), "their desk, by telephone", person)
    await until_shown(desk)
    visitor, address = await visit("otto.audit"), f"/payments?partnership={reference}"
    now = (await visitor.get(address)).text
    then = (await visitor.get(f"{address}&known={quote(datetime.now(UTC).isoformat())}")).text
    for page in (now, then):
        assert "<b>USD 25.00</b> paid in" in page
        assert "in 1 payment: USD 5,975.00 that came back is counted off already" in page
        assert "Paid, less what came back" in page
        assert sorted(row.rpartition("USD ")[2].split(" ")[0] for row in rows_of(page)) == ["-5,975.00", "6,000.00"]
    assert (await life.state()).spent == 25
    rows = (await visitor.get(f"{address}&status=paid&format=json")).json()
    assert sum(Decimal(row["money"]["amount"]) for row in rows) == 25
    assert [row["status"] for row in (await visitor.get(f"{address}&status=came-back&format=json")).json()] == ["BACK"]


# The reckoning


def total(status: str, currency: str, amount: str, lines: int = 1) -> Total:
    return Total((status, currency, "ISOC", "", "2026-11"), lines, Decimal(amount))


def test_figures_add_up_each_currency_alone_and_keep_what_was_refused_apart_from_what_came_back() -> None:
    totals = [
        total("SETTLED", "USD", "100.00"), total("SETTLED", "JPY", "9000"), total("INSTRUCTED", "USD", "5.00"),
        total("RELEASED", "USD", "6.00"), total("REJECTED", "USD", "7.00", 2), total("RETURNED", "USD", "8.00"),
    ]  # fmt: skip
    paid, at_the_bank, ready, back = figures_of(totals, dict.fromkeys(STANDINGS, "/payments"))
    assert (paid.sums, paid.words) == (("JPY 9,000", "USD 100.00"), "2 payments")
    assert (at_the_bank.sums, ready.sums) == ((), ("USD 11.00",))
    assert (back.sums, back.words, back.aside[0]) == (("USD 8.00",), "1 payment", "2 payments refused")


def test_the_last_row_adds_up_what_is_paid_or_what_is_asked_for() -> None:
    totals = [total("SETTLED", "USD", "100.00"), total("SETTLED", "EUR", "3.00"), total("UNKNOWN", "USD", "5.00")]
    assert total_sums(totals, "") == (("Paid", "EUR 3.00", "1 payment"), ("Paid", "USD 100.00", "1 payment"))
    assert total_sums(totals, "at-the-bank") == (("At the bank", "USD 5.00", "1 payment"),)
    assert total_sums(totals, "unknown") == (("At the bank", "USD 5.00", "1 payment"),)
