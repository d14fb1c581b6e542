"""Reference rates in the shell: those of a day with their version, what a sum is by them, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from ledger import clock
from tests.accord.shell import BAD_INPUT, Shell
from tests.accord.to_the_bank.test_base_currency import published


@pytest.fixture
async def at(shell: Shell, furnished: Desk, furnished_database: str, tmp_path: Path) -> Shell:
    """A terminal where one euro is 1.25 dollars, 200 yen or 0.8 pounds today."""
    await published(furnished, tmp_path, "1.25")
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


async def test_a_sum_is_told_with_its_rate_and_where_that_stands(at: Shell) -> None:
    told = await at("registers", "rates", "EUR 90,000", "--into", "USD")
    assert "EUR 90,000.00 is USD 112,500.00 (EUR 1 = USD 1.25; ecb-rates version" in told.words
    assert f"of {clock.today()}, eurofxref-hist.csv line 2, sha256" in told.words


@pytest.mark.slow
async def test_all_rates_of_a_day_and_a_sum_are_told_to_programs(at: Shell) -> None:
    rates = (await at("registers", "rates", "--json")).json
    assert (rates["day"], rates["per_euro"]) == (str(clock.today()), {"USD": "1.25", "JPY": "200", "GBP": "0.8"})
    yen = (await at("registers", "rates", "GBP 1", "--into", "JPY", "--json")).json
    assert (yen["amount"], yen["into"], yen["version"]) == ("250", "JPY", rates["version"])
    table = (await at("registers", "rates")).words
    assert "For one EUR" in table
    row = await at("registers", "show", str(clock.today()), "--register", "ecb-rates")
    assert f"{clock.today()},USD=1.25,JPY=200,GBP=0.8" in row.words.replace(" ", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (("KES 5",), "the ECB has no rate of KES on"),
        (("EUR 5", "--into", "KES"), "the ECB has no rate of KES on"),
        (("90000",), "SUM: '90000' is no sum with its currency; write it as in 'USD 1250.00'"),
        (("EUR 5", "--on", "1998-01-01"), "no reference rates of the 35 days up to 1998-01-01 are loaded"),
    ],
)
async def test_what_has_no_rate_is_told_with_the_remedy(at: Shell, typed: tuple[str, ...], fault: str) -> None:
    answer = await at("registers", "rates", *typed)
    assert (answer.code, fault in answer.words) == (BAD_INPUT, True), answer.words
