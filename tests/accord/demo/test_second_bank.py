"""The demo's second bank remembers what it was told, so that a demo that was cut off goes on from there."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from accord.demo.money.second_bank import SecondBank
from payments.answers.messages import read_balances
from tests.payments.orders import sample_account

IBAN = str(sample_account("sample-pf").iban)
GIFT = "P-2026-0025"


def bank(folder: Path) -> SecondBank:
    return SecondBank(folder, IBAN, "1000.00")


def closings(paths: list[Path]) -> list[Decimal]:
    return [each.balances.closing for path in paths for each in read_balances(path.read_bytes(), path.name)]


def test_a_demo_that_was_cut_off_goes_on_with_what_the_bank_was_told(tmp_path: Path) -> None:
    """Given a gift that was taken back before anybody fetched that, then it is told once, and the balances go on."""
    first = bank(tmp_path)
    first.tell("receive", "40.00", f"Gift for {GIFT}", "A Donor")
    before = {path: path.read_bytes() for path in first.collect()}
    first.tell("take_back", GIFT)
    second = bank(tmp_path)
    [back] = second.collect()
    second.end_day()
    assert closings(second.collect()) == [Decimal("982.00")], "the gift came and went, and the account cost 18"
    assert {path: path.read_bytes() for path in before} == before
    assert back not in before
    assert closings(second.written()) == [Decimal("1000.00"), Decimal("982.00")]


def test_a_day_is_closed_once(tmp_path: Path) -> None:
    for _ in range(2):
        each = bank(tmp_path)
        each.end_day()
        each.end_day()
        each.collect()
    assert closings(each.written()) == [Decimal("1000.00"), Decimal("982.00")]
