"""A payment comes back less a charge that the bank names: all of it is back, and the charge is one in the book."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.waiting.stated_entries import explained_accounts
from accord.counter.exceptions import Resolved, resolve
from accord.counter.resolutions import PaymentReference
from domain.funds.fund import Claim
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.stated.entries import EntryKind
from domain.payment.tranche.status import TrancheStatus
from ledger import clock
from tests import paying
from tests.accord.counter.differences.test_rates_and_charges import trial_balance
from tests.accord.counter.differences.test_returns import paid_anew
from tests.accord.counter.files import PAYER, booked, imports, told_now
from tests.accord.counter.test_money_back import BUDGET, RETURNED, agreed, available, open_exception, paid
from tests.governing import lets_through
from tests.paying import REFERENCE
from tests.payments.answers.account_statements import message, statement
from tests.payments.answers.booking.test_booked_sums import amounts, charges
from tests.scribe import Scribe
from tests.treasury import fund, unrestricted

SLOW = pytest.mark.slow
FINANCE, DIRECTOR = "femi.ade", "dora.kim"


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 of a budget of 300 that was paid. Charges of 25 at most are let through."""
    await unrestricted(furnished, BUDGET, "300.00")
    await lets_through(furnished)
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await paid(scribe, tmp_path / "first")
    return scribe


def credit(scribe: Scribe, amount: str, whole: str, fee: str, reference: str = "RET-1") -> str:
    """An entry by which dollars come back for the payment, less a fee that the bank names."""
    told = amounts(f"USD {whole}") + charges((f"USD {fee}", "DEBT")) + RETURNED
    return booked(paying.identifier(scribe), amount, direction="CRDT", details=told, reference=reference)


def less_fifteen(scribe: Scribe) -> str:
    return credit(scribe, "285.00", "300.00", "15.00")


async def kept(scribe: Scribe) -> Claim:
    return (await fund(scribe.desk, BUDGET)).claim(scribe.reference)._replace(until=None)


async def in_the_book(scribe: Scribe) -> dict[str, Decimal]:
    found = await trial_balance(scribe.desk)
    names = {"BANK", "BANK_CHARGES", "GRANTS_EXPENSE", "GRANTS_PAYABLE", "EXCHANGE_CLEARING"}
    return {name: amount for (name, _), amount in found.items() if name in names and amount}


ALL_BACK = {
    "BANK": Decimal("-15.00"), "BANK_CHARGES": Decimal("15.00"), "GRANTS_EXPENSE": Decimal("300.00"),
    "GRANTS_PAYABLE": Decimal("-300.00"),
}  # fmt: skip


async def test_all_of_it_is_back_the_fund_has_it_and_the_fee_is_a_charge(here: Scribe, tmp_path: Path) -> None:
    """Given 285 back of 300, less 15 that the bank names, then all 300 is owed again, and paid again as a whole."""
    assert (await imports(here.desk, told_now(less_fifteen(here), message="BACK"), actor=DIRECTOR)).for_a_person == ()
    state = await here.reread()
    assert (state.tranches[0].state, state.spent) == (TrancheState.RETURNED, 0)
    assert (await kept(here), await available(here.desk)) == (Claim(committed=300), 0)
    assert await in_the_book(here) == ALL_BACK
    await paid_anew(here, tmp_path / "second")


@SLOW
@pytest.mark.parametrize("first", ["054", "053"])
async def test_a_statement_and_a_notification_tell_it_once(here: Scribe, first: str) -> None:
    day = statement("5000.00", "5285.00", less_fifteen(here), on=clock.today())
    now = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}".encode()
    told = {
        "054": told_now(less_fifteen(here), message="BACK"),
        "053": message(day).replace(b"2026-11-03T22:00:00Z", now),
    }
    for form in (first, *(form for form in told if form != first)):
        assert (await imports(here.desk, told[form], f"{form}.xml", actor=DIRECTOR)).for_a_person == ()
    assert (await paying.attempt_of(here)).status is TrancheStatus.RETURNED
    assert await in_the_book(here) == ALL_BACK
    lines = [line for account in await explained_accounts(here.desk) for line in account.lines]
    stood = [(line.kind, str(line.amount)) for line in lines if line.kind is not EntryKind.NOT_STATED]
    assert stood == [(EntryKind.RETURN, "285.00")]


async def says(scribe: Scribe, actor: str) -> Resolved:
    place = PaymentReference(REFERENCE, 1, 1)
    exception = await open_exception(scribe.desk)
    return await resolve(scribe.desk, exception, Resolution.BELONGS_TO, place, "their advice", actor)


async def test_a_fee_beyond_the_tolerance_is_let_through_by_two_people_alone(here: Scribe) -> None:
    """Given 40 of charges where 25 are let through, then people are told the sums, and two of them sign the figures."""
    entry = credit(here, "260.00", "300.00", "40.00")
    [told] = (await imports(here.desk, told_now(entry, message="BACK"), actor=PAYER)).for_a_person
    assert told.kind is ExceptionKind.OTHER_CONTENT
    assert "booked USD 260.00 = 300.00 - charges 40.00; charges of at most USD 25.00 are let through" in told.reason
    assert (await says(here, FINANCE)).waits_for_second
    assert (await here.reread()).tranches[0].state is TrancheState.SETTLED
    await says(here, DIRECTOR)
    assert (await here.reread()).tranches[0].state is TrancheState.RETURNED
    assert (await kept(here)) == Claim(committed=300)
    assert (await in_the_book(here))["BANK_CHARGES"] == Decimal("40.00")


@SLOW
async def test_of_a_part_less_a_fee_two_count_the_part_and_the_fee_is_a_charge(here: Scribe) -> None:
    """Given 85 back of 100 of it, then 100 is back and promised still, and 200 stay paid."""
    [told] = (await imports(here.desk, told_now(credit(here, "85.00", "100.00", "15.00"), message="BACK"))).for_a_person
    assert told.kind is ExceptionKind.PARTIAL_RETURN
    assert (await says(here, FINANCE)).waits_for_second
    await says(here, DIRECTOR)
    assert await kept(here) == Claim(committed=100, spent=200)
    assert await in_the_book(here) == {
        "BANK": Decimal("-215.00"), "BANK_CHARGES": Decimal("15.00"), "GRANTS_EXPENSE": Decimal("200.00"),
    }  # fmt: skip


@SLOW
async def test_a_fee_that_the_bank_does_not_name_leaves_a_part_that_is_out(here: Scribe) -> None:
    """Given 285 back of 300 and no word of a fee, then people say that a part came back, as of any part."""
    entry = booked(paying.identifier(here), "285.00", direction="CRDT", details=RETURNED, reference="RET-1")
    [told] = (await imports(here.desk, told_now(entry, message="BACK"))).for_a_person
    assert told.kind is ExceptionKind.PARTIAL_RETURN
