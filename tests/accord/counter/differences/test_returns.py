"""A payment that was exchanged comes back: it counts once, in its own currency, and the book has what it cost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.client.waiting.stated_entries import explained_accounts
from accord.counter.bank_import import Import
from accord.counter.exceptions import Resolved, resolve
from accord.counter.resolutions import PaymentReference
from accord.presentation.faults import BadInput, Refused
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.stated.entries import EntryKind
from domain.payment.tranche.status import TrancheStatus
from domain.values import Money
from ledger import clock
from tests import paying
from tests.accord.counter.differences.test_rates_and_charges import trial_balance
from tests.accord.counter.files import PAYER, booked, handed_over, imports, told_now
from tests.accord.counter.test_money_back import (
    BUDGET,
    RETURNED,
    agreed,
    available,
    open_exception,
    released,
)
from tests.accord.to_the_bank.test_base_currency import published
from tests.activities.funding import done
from tests.booked_sums import sum_of
from tests.governing import lets_through
from tests.paying import REFERENCE
from tests.payments.answers.account_statements import message, statement
from tests.payments.answers.booking.test_booked_sums import amounts, charges, exchange
from tests.scribe import Scribe
from tests.treasury import unrestricted

SLOW = pytest.mark.slow
KIND = ExceptionKind
FINANCE, DIRECTOR = "femi.ade", "dora.kim"
PLACE = PaymentReference(REFERENCE, 1, 1)


def at(rate: str) -> str:
    return amounts("USD 300.00", exchange=exchange(rate, unit="USD", source="USD", target="EUR"))


async def paid(desk: Desk, folder: Path, *, reported: bool = True) -> Scribe:
    """A grant of 300 dollars of a budget of 300, booked at 0.804 on an account in euros with 10 of charges."""
    await unrestricted(desk, BUDGET, "300.00")
    await lets_through(desk)
    await published(desk, folder, "1.25")
    scribe = await agreed(desk, REFERENCE, "300.00", reported=reported)
    await released(scribe)
    await handed_over(desk, folder)
    told = at("0.804") + charges(("EUR 10.00", "DEBT"))
    entry = booked(paying.identifier(scribe), "251.20", currency="EUR", details=told, reference="OUT-1")
    assert (await imports(desk, told_now(entry, message="OUT"))).for_a_person == ()
    assert (await scribe.reread()).tranches[0].state is TrancheState.SETTLED
    return scribe


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    return await paid(furnished, tmp_path)


def credit(scribe: Scribe, amount: str, told: str = "", reference: str = "RET-1") -> str:
    """An entry by which euros come back for the payment."""
    name, details = paying.identifier(scribe), told + RETURNED
    return booked(name, amount, currency="EUR", direction="CRDT", details=details, reference=reference)


def whole(scribe: Scribe) -> str:
    """All of it at 0.798, which is a quarter of a per cent from the reference rate, less 5 of charges."""
    return credit(scribe, "234.40", at("0.798") + charges(("EUR 5.00", "DEBT")))


async def told_back(scribe: Scribe, entry: str, message: str = "BACK", actor: str = PAYER) -> Import:
    return await imports(scribe.desk, told_now(entry, message=message), actor=actor)


async def says(scribe: Scribe, actor: str, back: str = "", kind: Resolution = Resolution.BELONGS_TO) -> Resolved:
    money: Money | None = sum_of(back) if back else None
    exception = await open_exception(scribe.desk)
    return await resolve(scribe.desk, exception, kind, PLACE, "their advice", actor, back_money=money)


async def two_say(scribe: Scribe, back: str = "") -> Resolved:
    assert (await says(scribe, FINANCE, back)).waits_for_second
    return await says(scribe, DIRECTOR, back)


async def paid_anew(scribe: Scribe, folder: Path) -> None:
    """A payer releases again what came back, and it leaves: the check before a payment believes what is back."""
    if holds := (await scribe.reread()).holds:
        numbers = tuple(hold.number for hold in holds)
        await done(scribe, c.LiftHold, FINANCE, reason="it was looked into", holds=numbers)
    await released(scribe, 2)
    await handed_over(scribe.desk, folder)
    assert (await paying.attempt_of(scribe, 1, 2)).status is TrancheStatus.HANDED_OVER


WHOLE_BACK = {
    ("BANK", "EUR"): Decimal("-16.80"), ("BANK_CHARGES", "EUR"): Decimal("15.00"),
    ("EXCHANGE_DIFFERENCE", "EUR"): Decimal("1.80"),
}  # fmt: skip


async def cost(scribe: Scribe) -> dict[tuple[str, str], Decimal]:
    names = {"BANK", "BANK_CHARGES", "EXCHANGE_DIFFERENCE", "EXCHANGE_CLEARING"}
    return {key: sum_ for key, sum_ in (await trial_balance(scribe.desk)).items() if key[0] in names}


async def test_all_of_it_within_the_tolerance_is_back_by_itself_and_is_paid_anew(here: Scribe, tmp_path: Path) -> None:
    assert (await told_back(here, whole(here), actor=DIRECTOR)).for_a_person == ()
    state = await here.reread()
    assert (state.tranches[0].state, state.spent) == (TrancheState.RETURNED, 0)
    assert await cost(here) == WHOLE_BACK
    assert (await told_back(here, whole(here), "BACK-2")).known == 1
    assert await cost(here) == WHOLE_BACK
    await paid_anew(here, tmp_path)


def _stated(entry: str) -> bytes:
    day = statement("5000.00", "5234.40", entry, on=clock.today(), currency="EUR")
    return message(day).replace(b"2026-11-03T22:00:00Z", f"{clock.now():%Y-%m-%dT%H:%M:%SZ}".encode())


@SLOW
@pytest.mark.parametrize("first", ["054", "053"])
async def test_a_statement_and_a_notification_tell_it_once(here: Scribe, first: str) -> None:
    told = {"054": told_now(whole(here), message="BACK"), "053": _stated(whole(here))}
    for form in (first, *(form for form in told if form != first)):
        assert (await imports(here.desk, told[form], f"{form}.xml")).for_a_person == ()
    assert (await paying.attempt_of(here)).status is TrancheStatus.RETURNED
    assert await cost(here) == WHOLE_BACK
    lines = [line for account in await explained_accounts(here.desk) for line in account.lines]
    stood = [(line.kind, str(line.amount)) for line in lines if line.kind is not EntryKind.NOT_STATED]
    assert stood == [(EntryKind.RETURN, "234.40")]


@SLOW
async def test_in_parts_by_the_rate_of_its_booking_and_by_what_people_say(here: Scribe, tmp_path: Path) -> None:
    """Given a part without a word on its exchange, when two say so, then as much is back, and of the rest no more."""
    [person] = (await told_back(here, credit(here, "80.40"))).for_a_person
    assert (person.kind, (await here.reread()).hold is not None) == (KIND.OTHER_CONTENT, True)
    with pytest.raises(Refused, match="took part"):
        await says(here, PAYER)
    done_ = await two_say(here)
    assert done_.told == "EUR 80.40 came back for USD 100.00: two people say so, and so much is back"
    state = await here.reread()
    assert (state.tranches[0].returned, state.spent, state.contradictions) == (100, 200, ())
    clearing = ("EXCHANGE_CLEARING", "EUR")
    assert (await cost(here))[clearing] == 160
    await told_back(here, credit(here, "150.00", reference="RET-2"), "BACK-2")
    with pytest.raises(Refused, match=r"USD 250.00 comes back, and 200.00 of it is out"):
        await says(here, FINANCE, "USD 250.00")
    with pytest.raises(BadInput, match="the payment is in USD"):
        await says(here, FINANCE, "EUR 200.00")
    assert (await says(here, FINANCE, "USD 200.00")).waits_for_second
    assert (await says(here, DIRECTOR, "USD 190.00")).waits_for_second, "two sign the same sum"
    await says(here, DIRECTOR, "USD 200.00")
    state = await here.reread()
    assert (state.tranches[0].state, state.spent) == (TrancheState.RETURNED, 0)
    left = await cost(here)
    assert (clearing in left, left[("BANK", "EUR")], ("BANK", "USD") in left) == (False, Decimal("-20.80"), False)
    await paid_anew(here, tmp_path)


@SLOW
async def test_a_rate_too_far_off_is_for_two_people_who_sign_the_banks_figures(here: Scribe, tmp_path: Path) -> None:
    [person] = (await told_back(here, credit(here, "231.00", at("0.77")))).for_a_person
    assert "that is 3.75 % from the reference rate" in person.reason
    with pytest.raises(BadInput, match=r"the bank's file says USD 300.00"):
        await says(here, FINANCE, "USD 290.00")
    await two_say(here)
    assert (await here.reread()).tranches[0].state is TrancheState.RETURNED
    assert (await cost(here))[("EXCHANGE_DIFFERENCE", "EUR")] == Decimal("10.20")
    await paid_anew(here, tmp_path)


@SLOW
async def test_a_credit_that_names_no_payment_is_of_the_one_that_two_people_name(here: Scribe) -> None:
    entry = booked("", "241.20", currency="EUR", direction="CRDT", reference="RET-9")
    await told_back(here, entry)
    await two_say(here, "USD 300.00")
    assert (await here.reread()).tranches[0].state is TrancheState.RETURNED
    assert (await cost(here)) == {("BANK", "EUR"): Decimal("-10.00"), ("BANK_CHARGES", "EUR"): Decimal("10.00")}


@SLOW
async def test_it_closes_an_open_recall(here: Scribe) -> None:
    await done(here, c.RecallPayment, PAYER, tranche=1, attempt=1, reason="a wrong account")
    assert (await told_back(here, whole(here))).for_a_person == ()
    state = await here.reread()
    assert (state.recalls, state.tranches[0].state) == ((), TrancheState.RETURNED)


@SLOW
async def test_after_the_close_it_counts_and_two_say_what_becomes_of_it(furnished: Desk, tmp_path: Path) -> None:
    here = await paid(furnished, tmp_path, reported=False)
    assert (await here.reread()).stage is Stage.CLOSED
    [person] = (await told_back(here, whole(here))).for_a_person
    assert person.kind is KIND.LATE_RETURN
    await two_say(here)
    state = await here.reread()
    assert (state.late_returns, state.tranches[0].state) == ((), TrancheState.RETURNED)
    assert await cost(here) == WHOLE_BACK
    assert await available(furnished) == 300


@SLOW
async def test_what_its_booking_does_not_tell_people_say(here: Scribe) -> None:
    """Given a return before any word on the rate, when nobody says a sum, then they are asked for one."""
    await told_back(here, credit(here, "100.00"))
    exception = await open_exception(here.desk)
    wrong: dict[str, Any] = {"back_money": sum_of("USD 1.00")}
    with pytest.raises(BadInput, match="leave --came-back out"):
        await resolve(here.desk, exception, Resolution.BANK_ERROR, PLACE, "theirs", FINANCE, **wrong)
    with pytest.raises(BadInput, match="leave --booked out"):
        await resolve(
            here.desk, exception, Resolution.BELONGS_TO, PLACE, "theirs", FINANCE, booked_money=sum_of("EUR 99.00")
        )
