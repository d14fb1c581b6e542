"""Mappings, a bank's CSV, BAI2 and what is seen today, by shell: what each command says, and its JSON."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.counter.statements.mappings import confirm_mapping, propose_mapping
from domain.payment.mapping import StatementMapping
from ledger import clock
from tests.accord.counter.account.test_balances import OWN
from tests.accord.counter.statements.test_csv_import import rows
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.payments.answers.account_statements import PAID, message, report, report_message, statement
from tests.payments.answers.bai2.files import day_of
from tests.payments.orders import entry

FEMI, PAUL = ("--as", "femi.ade"), ("--as", "paul.nkosi")


@pytest.fixture
def at(shell: Shell, furnished_database: str) -> Shell:
    """A terminal in an office of the test's own."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


def of_own(accounts: list[dict[str, Any]]) -> dict[str, Any]:
    return next(account for account in accounts if account["account"] == OWN)


@pytest.mark.slow
async def test_a_csv_from_its_suggestion_to_its_statement(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    days, file = tmp_path / "days.csv", tmp_path / "mapping.toml"
    days.write_bytes(rows((3, "100.00", "1000.00"), (2, "-600.00", "400.00")))
    suggestion = await at.done("payments", "mapping", "suggest", days)
    assert "Look: no column says the currency" in suggestion.stderr
    file.write_text(suggestion.stdout)
    mapping = StatementMapping.model_validate(tomllib.loads(suggestion.stdout))
    assert_fails(await at("payments", "import", days, "--account", OWN, *FEMI), REFUSED, "no mapping of a CSV stands")
    assert_fails(await at("payments", "import", days, *FEMI), BAD_INPUT, "A bank's own CSV is imported with --account")
    await propose_mapping(furnished, OWN, mapping, "femi.ade")
    own = of_own((await at.done("payments", "mapping", "list", "--json")).json)
    assert (own["standing"], own["waiting"][0]["signed_by"]) == (None, ["femi.ade"])
    assert_fails(await at("payments", "mapping", "propose", OWN, file, *PAUL), REFUSED, "waits already")
    digest = own["waiting"][0]["sha256"]
    assert_fails(await at("payments", "mapping", "confirm", OWN, digest, *FEMI), REFUSED, "femi.ade signed it first")
    await confirm_mapping(furnished, OWN, digest[:8], "paul.nkosi")
    assert "femi.ade and paul.nkosi" in (await at.done("payments", "mapping", "list")).words
    imported = (await at.done("payments", "import", days, "--account", OWN, *FEMI)).stdout
    assert f"2 days, read by mapping {digest[:12]}." in imported
    assert "USD 400.00" in (await at.done("payments", "statements")).stdout


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_mapping_is_signed_by_shell(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text('currency = "USD"\n[columns]\nbooked_on = "Date"\namount = "Amount"\nbalance = "Balance"\n')
    proposed = await shell.done("payments", "mapping", "propose", OWN, file, *FEMI, "--json")
    digest = proposed.json["waiting"][0]["sha256"]
    confirmed = await shell.done("payments", "mapping", "confirm", OWN, digest[:12], *PAUL)
    assert f"The mapping of {OWN} stands. Next: `accord payments import FILE" in confirmed.stdout


async def test_bai2_and_what_is_seen_today(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    bai, now = tmp_path / "day.bai", tmp_path / "now.xml"
    bai.write_bytes(day_of("100000", "40000", "16,495,60000,Z,B-1,E1,WIRE"))
    now.write_bytes(report_message(report(PAID)))
    imported = (await at.done("payments", "import", bai, now, *FEMI)).stdout
    assert "Statement of account …3456: USD 400.00 at the end of 2026-11-03" in imported
    assert "Seen: account …" in imported
    assert "Seen, not booked: no balance" in (await at.done("payments", "statements", "--today")).stdout
    own = of_own((await at.done("payments", "statements", "--today", "--json")).json)
    assert [entry["amount"] for entry in own["seen"][0]["entries"]] == ["-600.00"]
    bai.write_bytes(day_of("100000", "40001", "16,495,60000,Z,B-1,E1,WIRE"))
    assert_fails(await at("payments", "import", bai, *FEMI), BAD_INPUT, "line 3: the account opens with USD 1,000.00")


async def test_a_file_of_a_day_that_is_to_come_is_bad_input_and_nothing_beside_it_is_taken_in(
    at: Shell, furnished: Desk, tmp_path: Path
) -> None:
    good, slip = tmp_path / "good.xml", tmp_path / "slip.xml"
    yesterday, later = (clock.today() + timedelta(days=days) for days in (-1, 90))
    good.write_bytes(message(statement("1000.00", "1000.00", on=yesterday)))
    slip.write_bytes(message(statement("1000.00", "1000.00", on=later, number=13), name="BANK-13"))
    answer = await at("payments", "import", good, slip, *FEMI)
    assert_fails(answer, BAD_INPUT, f"slip.xml has a statement of …1101 that closes on {later}, a day that is to come")
    assert await furnished.pool.fetchval("SELECT count(*) FROM payments.bank_files") == 0


async def test_an_import_of_statements_says_what_its_counts_are_of(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    """Given salaries that nothing explains, then no line says without a word more that nothing is for a person."""
    file = tmp_path / "day.xml"
    file.write_bytes(message(statement("1000.00", "400.00", entry("", "600.00"), on=clock.today())))
    imported = await at.done("payments", "import", file, *FEMI)
    assert "nothing on record explains 1 entry of these days" in imported.words
    assert "Of payments and gifts: 0 new, 0 known before, 0 for a person." in imported.words


async def test_balances_are_told_in_each_currency(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    dollars, euros = tmp_path / "usd.xml", tmp_path / "eur.xml"
    first, second = (clock.today() - timedelta(days=days) for days in (2, 1))
    dollars.write_bytes(message(statement("1000.00", "1000.00", on=first), name="BANK-USD"))
    euros.write_bytes(message(statement("90.00", "90.00", on=second, currency="EUR"), name="BANK-EUR"))
    await at.done("payments", "import", dollars, euros, *FEMI)
    told = (await at.done("payments", "statements")).words
    assert "EUR 90.00" in told
    assert "USD 1,000.00" in told
    own = of_own((await at.done("payments", "statements", "--json")).json)
    assert [newest["closing"] for newest in own["by_currency"]] == ["90.00", "1000.00"]
