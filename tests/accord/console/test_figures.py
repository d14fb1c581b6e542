"""Figures for a board: each number is what the lists behind it hold, as of any day, and what moved is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.console.pages import figures
from accord.console.pages.times import Times
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from ledger import clock
from records.read_models.lists import Total
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.builders import funds_out, proposal
from tests.lives import Life, until_shown

Visit = Callable[[str], Any]
NOW = Times()


async def test_every_bar_leads_to_as_many_lines_as_it_says(visit: Visit, desk: Desk, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    visitor = await visit("otto.audit")
    shown = (await visitor.get("/portfolio")).text
    bars = re.findall(r'<li><a href="([^"]+)">[^<]+</a><svg.*?</svg><span class="n">([\d,]+)</span>', shown, re.DOTALL)
    assert bars
    for href, told in bars:
        listed = (await visitor.get(f"{unescape(href)}&format=json")).json()
        assert len(listed) == int(told.replace(",", "")), href


@pytest.mark.slow
async def test_what_was_paid_stands_in_its_month_and_year_and_not_before(
    visit: Visit, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.paid(proposal(reference, funds_out=funds_out("5000.00")))
    await until_shown(desk)
    visitor = await visit("paul.nkosi")
    shown = (await visitor.get("/portfolio")).text
    assert "In thousands of USD, 12 months" in shown
    assert "In thousands of USD" not in (await visitor.get("/portfolio?known=2020-01-01")).text
    assert "Figures of 2020" in (await visitor.get("/portfolio?year=2020")).text


async def test_a_year_that_is_none_is_said(visit: Visit) -> None:
    answer = await (await visit("otto.audit")).get("/portfolio?year=soon")
    assert (answer.status_code, "write four digits" in answer.text) == (422, True)


@pytest.mark.slow
async def test_what_moved_since_a_day_is_told(visit: Visit, desk: Desk, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    shown = (await (await visit("otto.audit")).get("/portfolio?since=2020-01-01")).text
    assert re.search(r"[\d,]+ partnerships? more</strong> since <time[^>]*>1 Jan 2020", shown)
    answer = await (await visit("otto.audit")).get("/portfolio?since=never")
    assert (answer.status_code, "since" in answer.text) == (422, True)


# The reckoning


def paid(month: str, amount: str, currency: str = "USD") -> Total:
    return Total((currency, month), 1, Decimal(amount))


def test_months_are_twelve_with_the_empty_ones_and_by_currency() -> None:
    charts = figures._by_month(
        [paid("2026-11", "264500.00"), paid("2026-01", "12500"), paid("2025-11", "7"), paid("2026-11", "90", "EUR")],
        date(2026, 11, 30), NOW,
    )  # fmt: skip
    assert [*charts] == ["EUR", "USD"]
    months = charts["USD"]
    assert [bar.label for bar in months][:2] == ["Dec", "Jan"]
    assert [bar.aside for bar in months] == ["0", "12.5", *["0"] * 9, "264.5"]
    assert (months[-1].length, months[0].length, months[1].length) == (100, 0, 5)
    assert months[-1].href == "/payments?period=2026-11&status=paid"


def test_currencies_are_told_beside_each_other_and_never_added_up() -> None:
    assert figures._in_words({"USD": Decimal("2500"), "JPY": Decimal("120000")}) == "JPY 120,000, USD 2,500.00"
    assert figures._in_words({}) == "nothing"


def test_the_use_of_a_fund_is_never_more_than_all_of_it() -> None:
    row = {
        "fund": "CONNECT-2026", "name": "Connect 2026", "currency": "USD", "granted": "1000.00", "reserved": "0.50",
        "committed": "400.00", "spent": "900.00", "available": "-300.50",
    }  # fmt: skip
    use = figures._use_of(row)
    assert (use.spent_share, use.committed_share, use.reserved_share, use.used) == (90, 40, 1, "100 %")
    assert figures._by_fund([{**row, "granted": "0"}]) == ()


@pytest.mark.parametrize(("change", "words"), [(0, "no change"), (1, "1 payment more"), (-2, "2 payments fewer")])
def test_a_change_is_told_in_words(change: int, words: str) -> None:
    assert figures._moved(change, "payment") == words


def test_a_month_before_january_is_in_the_year_before() -> None:
    assert figures._month_before(date(2026, 1, 15), 1) == "2025-12"
    assert figures._month_before(date(2026, 1, 15), 13) == "2024-12"


def test_the_open_ones_by_stage_are_as_many_as_are_open() -> None:
    """Given open partnerships of every stage, also ended ones with something owed, then the bars add up to them all."""
    totals = [Total(("USD", stage.value), 2, Decimal(100)) for stage in Stage]
    bars = figures._by_stage(totals, NOW)
    assert sum(int(bar.value) for bar in bars) == 2 * len(Stage)
    asides = {bar.label: bar.aside for bar in bars}
    assert (asides["Closed, something is owed"], asides["Under way"]) == ("", "USD 100.00"), "no money is on its way"


@pytest.mark.slow
async def test_what_is_open_is_told_apart_from_what_ended_and_is_owed(visit: Visit, desk: Desk, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    shown = (await (await visit("otto.audit")).get("/portfolio")).text
    assert re.search(r"USD [\d,.]+ in \d+ on their way", shown)


@pytest.mark.slow
async def test_what_is_committed_is_told_with_its_agreements_and_leads_to_them(
    visit: Visit, desk: Desk, reference: str
) -> None:
    """Given a grant whose agreement is signed, then it is committed, and before that it was not."""
    visitor = await visit("dora.kim")
    life = Life(desk, reference)
    await life.to_be_signed(proposal(reference, funds_out=funds_out("5000.00")))
    await until_shown(desk)
    before = committed_in((await visitor.get("/portfolio")).text)
    account = await life.account((await life.state()).paid_party)
    await life.do(c.SignAgreement, "dora.kim", signed_on=clock.today(), account=account, document_sha256="ab" * 32)
    await until_shown(desk)
    shown = (await visitor.get("/portfolio")).text
    assert committed_in(shown) == before + 1
    href = re.search(r'href="(/partnerships\?stage=ACTIVE[^"]*)"', shown)
    assert href is not None
    listed = (await visitor.get(f"{unescape(href[1])}&format=json")).json()
    assert (reference in [one["partnership_id"] for one in listed], len(listed)) == (True, before + 1)


def committed_in(page: str) -> int:
    """The number of agreements by which something is committed, as the figures say it."""
    found = re.search(r"by ([\d,]+) signed agreements?, with what was paid of them", page)
    assert found is not None
    return int(found[1].replace(",", ""))
