"""A payment that was booked in parts, with charges or in two currencies: what comes back of it, and what leaves anew.

After each, the book is even in every currency, and its bank moved as events say.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.counter.bank_import import Import
from accord.counter.exceptions import Resolved, resolve
from accord.counter.resolutions import PaymentReference
from accord.operations.attesting.attesting import look
from accord.presentation.faults import Refused
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheStatus
from ledger import clock
from tests import paying
from tests.accord.counter.differences.test_rates_and_charges import trial_balance
from tests.accord.counter.files import PAYER, booked, handed_over, imports, told_now
from tests.accord.counter.test_money_back import BUDGET, RETURNED, agreed, open_exception, released, said
from tests.accord.operations.attesting import sources
from tests.accord.to_the_bank.test_base_currency import published
from tests.activities.funding import done
from tests.booked_sums import sum_of
from tests.builders import money
from tests.governing import hire, lets_through
from tests.paying import REFERENCE
from tests.payments.answers.booking.test_booked_sums import amounts, charges, exchange
from tests.scribe import Scribe
from tests.treasury import unrestricted

SLOW = pytest.mark.slow
FINANCE, DIRECTOR = "femi.ade", "dora.kim"
PLACE = PaymentReference(REFERENCE, 1, 1)
CHARGED = amounts("USD 200.00") + charges(("USD 25.00", "DEBT"))
"""A part of 200 dollars, in an entry of 225."""


def in_euros(dollars: str) -> str:
    """So many dollars at half a per cent from the reference rate."""
    return amounts(dollars, exchange=exchange("0.804", unit="USD", source="USD", target="EUR"))


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 dollars of a budget of 300, handed over by an organisation with a tolerance."""
    await unrestricted(furnished, BUDGET, "300.00")
    await lets_through(furnished)
    await published(furnished, tmp_path, "1.25")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await released(scribe)
    await handed_over(furnished, tmp_path)
    return scribe


async def tells(scribe: Scribe, total: str, more: str = "", reference: str = "OUT-1", **entry: Any) -> Import:
    """The bank books the payment, or what comes back of it, and the payer imports that, or another `actor`."""
    currency, amount = total.split()
    name, actor = entry.pop("name", paying.identifier(scribe)), entry.pop("actor", PAYER)
    told = booked(name, amount, currency=currency, details=more, reference=reference, **entry)
    return await imports(scribe.desk, told_now(told, message=f"M-{reference}"), actor=actor)


async def comes_back(scribe: Scribe, total: str, reference: str = "RET-1", actor: str = PAYER) -> Import:
    return await tells(scribe, total, RETURNED, reference, direction="CRDT", actor=actor)


async def says(scribe: Scribe, actor: str) -> Resolved:
    exception = await open_exception(scribe.desk)
    return await resolve(scribe.desk, exception, Resolution.BELONGS_TO, PLACE, "their advice", actor)


async def two_say(scribe: Scribe) -> Resolved:
    assert (await says(scribe, FINANCE)).waits_for_second
    return await says(scribe, DIRECTOR)


async def part(scribe: Scribe) -> None:
    """The bank books 200 of 300 with 25 of charges, and two people say so."""
    await tells(scribe, "USD 225.00", CHARGED)
    await two_say(scribe)
    assert (await scribe.reread()).tranches[0].state is TrancheState.SHORT


async def cost(scribe: Scribe) -> dict[tuple[str, str], Decimal]:
    """The sums of the accounts that an exchange moves, after events and postings were compared."""
    [day] = await look(sources(scribe.desk), [clock.today()], await scribe.desk.ledger.head())
    assert day.findings.differences == ()
    names = {"BANK", "BANK_CHARGES", "EXCHANGE_DIFFERENCE", "EXCHANGE_CLEARING"}
    return {key: sum_ for key, sum_ in (await trial_balance(scribe.desk)).items() if key[0] in names}


async def lifted(scribe: Scribe) -> None:
    if holds := (await scribe.reread()).holds:
        numbers = tuple(hold.number for hold in holds)
        await done(scribe, c.LiftHold, FINANCE, reason="it was looked into", holds=numbers)


async def two_agree(scribe: Scribe, rest: str) -> None:
    """Nothing leaves anew beside a part until two say that the bank will book no more of it."""
    await lifted(scribe)
    with pytest.raises(AssertionError, match="is not paid, and two agree to pay it first"):
        await released(scribe, 2)
    for actor in (FINANCE, DIRECTOR):
        await done(scribe, c.AgreeRest, actor, tranche=1, remainder=sum_of(rest), reason="no more of it is booked")


async def leaves_anew(scribe: Scribe, folder: Path, total: str) -> None:
    """A second attempt pays, through the check before a payment."""
    await lifted(scribe)
    await released(scribe, 2)
    await handed_over(scribe.desk, folder)
    assert str((await paying.instruction(scribe, 1, 2)).money) == total


ONLY_CHARGES = {("BANK", "USD"): Decimal("-25.00"), ("BANK_CHARGES", "USD"): Decimal("25.00")}


@SLOW
async def test_the_rest_of_a_part_with_charges_leaves_once_two_agreed(left: Scribe, tmp_path: Path) -> None:
    """Two signed the bank's figures, which proves the part: no more of it is out than that."""
    await part(left)
    await lifted(left)
    await two_agree(left, "USD 100.00")
    await leaves_anew(left, tmp_path, "USD 100.00")


@SLOW
@pytest.mark.parametrize("names_it", [True, False])
async def test_a_part_that_came_back_whole_is_back_once_and_all_leaves_anew(
    left: Scribe, tmp_path: Path, names_it: bool
) -> None:
    """Given its return by the bank's own word, or by two people, then each side counts it once."""
    await part(left)
    if names_it:
        await comes_back(left, "USD 200.00", actor=FINANCE)
    else:
        await tells(left, "USD 200.00", reference="RET-1", direction="CRDT", name="")
        await two_say(left)
    state = await left.reread()
    assert (state.tranches[0].state, state.spent) == (TrancheState.RETURNED, 0)
    assert await cost(left) == ONLY_CHARGES
    await two_agree(left, "USD 300.00")
    await leaves_anew(left, tmp_path, "USD 300.00")


@SLOW
async def test_a_part_that_came_back_in_parts_leaves_anew_with_the_rest(left: Scribe, tmp_path: Path) -> None:
    await part(left)
    for number in ("RET-1", "RET-2"):
        await comes_back(left, "USD 100.00", number)
        await two_say(left)
    assert (await left.reread()).tranches[0].state is TrancheState.RETURNED
    assert await cost(left) == ONLY_CHARGES
    await two_agree(left, "USD 300.00")
    await leaves_anew(left, tmp_path, "USD 300.00")


@SLOW
async def test_the_rest_that_other_two_agreed_to_since_is_the_one_that_leaves(left: Scribe, tmp_path: Path) -> None:
    """Given two who agreed to 100, when 50 more come back and two others agree to 150, then 150 leave."""
    others = [
        await hire(left.desk, "fay.late", Role.FINANCE_APPROVER),
        await hire(left.desk, "dan.late", Role.DIRECTOR),
    ]
    await part(left)
    for people, rest in (((FINANCE, DIRECTOR), "100.00"), (others, "150.00")):
        await lifted(left)
        for actor in people:
            await done(left, c.AgreeRest, actor, tranche=1, remainder=money(rest), reason="a part alone left")
        if people == (FINANCE, DIRECTOR):
            await comes_back(left, "USD 50.00")
            await two_say(left)
    await leaves_anew(left, tmp_path, "USD 150.00")


@SLOW
async def test_parts_in_two_currencies_come_back_each_in_its_own(left: Scribe) -> None:
    """Given 200 in dollars with charges and 100 at a bank's rate, when both come back, then nothing is in clearing."""
    await part(left)
    await tells(left, "EUR 80.40", in_euros("USD 100.00"), "OUT-2")
    await two_say(left)
    assert (await cost(left))[("EXCHANGE_CLEARING", "EUR")] == 80
    await comes_back(left, "EUR 80.40")
    assert (await two_say(left)).told.startswith("EUR 80.40 came back for USD 100.00")
    assert await cost(left) == {("BANK", "USD"): Decimal("-225.00"), ("BANK_CHARGES", "USD"): Decimal("25.00")}
    await comes_back(left, "USD 200.00", "RET-2")
    await two_say(left)
    assert (await left.reread()).tranches[0].state is TrancheState.RETURNED
    assert await cost(left) == ONLY_CHARGES


@SLOW
async def test_both_parts_of_an_exchange_are_planned_by_the_rates_of_the_day_and_come_back_as_one(left: Scribe) -> None:
    for total, more, reference in (
        ("EUR 170.80", in_euros("USD 200.00") + charges(("EUR 10.00", "DEBT")), "OUT-1"),
        ("EUR 80.40", in_euros("USD 100.00"), "OUT-2"),
    ):
        await tells(left, total, more, reference)
        await two_say(left)
    sums = await cost(left)
    assert (sums[("EXCHANGE_CLEARING", "EUR")], sums[("EXCHANGE_DIFFERENCE", "EUR")]) == (240, Decimal("1.20"))
    await comes_back(left, "EUR 241.20")
    assert (await two_say(left)).told.startswith("EUR 241.20 came back for USD 300.00")
    assert await cost(left) == {("BANK", "EUR"): Decimal("-10.00"), ("BANK_CHARGES", "EUR"): Decimal("10.00")}


@SLOW
async def test_euros_that_a_grantee_pays_back_of_dollars_clear_as_they_came(left: Scribe) -> None:
    await tells(left, "USD 310.00", amounts("USD 300.00") + charges(("USD 10.00", "DEBT")))
    await done(left, c.RecordRefund, FINANCE, **said("100.00", "RF-1", booked=sum_of("EUR 79.00")))
    await done(left, c.ConfirmRefund, DIRECTOR, bank_reference="RF-1", reason="it stands in the statement")
    sums = await cost(left)
    assert sums[("EXCHANGE_CLEARING", "EUR")] == -79
    assert ("EXCHANGE_DIFFERENCE", "EUR") not in sums


@SLOW
@pytest.mark.parametrize("amount", ["250.00", "300.00"])
async def test_no_more_comes_back_than_is_out(left: Scribe, amount: str) -> None:
    """Given 100 of 300 that came back, when the bank says 250 or all of it, then people are asked and none is back."""
    await tells(left, "USD 300.00")
    await comes_back(left, "USD 100.00")
    await two_say(left)
    [person] = (await comes_back(left, f"USD {amount}", "RET-2")).for_a_person
    assert person.kind in {ExceptionKind.PARTIAL_RETURN, ExceptionKind.CONTRADICTION}
    with pytest.raises(Refused, match=rf"USD {amount} comes back, and 200\.00 of it is out"):
        await says(left, FINANCE)
    assert (await left.reread()).spent == 200
    await cost(left)


@SLOW
async def test_a_booking_that_two_counted_and_that_the_bank_gives_back_leaves_anew(
    left: Scribe, tmp_path: Path
) -> None:
    await tells(left, "USD 340.00", amounts("USD 300.00") + charges(("USD 40.00", "DEBT")))
    await two_say(left)
    await comes_back(left, "USD 300.00", actor=FINANCE)
    assert (await left.reread()).tranches[0].state is TrancheState.RETURNED
    await leaves_anew(left, tmp_path, "USD 300.00")


# Two who sign while the bank goes on


@SLOW
async def test_what_two_sign_is_the_sum_at_which_it_counts(left: Scribe) -> None:
    """Given one who signed it for 300, when 200 are booked meanwhile, then nobody has signed it for the rest yet."""
    await tells(left, "EUR 80.40")
    assert "for USD 300.00" in (await says(left, FINANCE)).told
    await tells(left, "USD 200.00", reference="OUT-2")
    assert (await paying.attempt_of(left)).status is TrancheStatus.SHORT
    said_anew = await says(left, DIRECTOR)
    assert said_anew.waits_for_second
    assert "for USD 100.00 of USD 300.00" in said_anew.told
    assert said_anew.told.endswith("it counts at what was not booked before")
    assert (await paying.attempt_of(left)).status is TrancheStatus.SHORT
    assert not (await says(left, FINANCE)).waits_for_second
    assert (await paying.attempt_of(left)).status is TrancheStatus.SETTLED
    await cost(left)


@SLOW
async def test_two_who_sign_while_it_is_told_again_count_it_once(left: Scribe) -> None:
    """Given one signature, when the second, a third and the same file come at one moment, then it counts once."""
    await tells(left, "USD 225.00", CHARGED)
    exception = await open_exception(left.desk)
    await says(left, FINANCE)
    kind = Resolution.BELONGS_TO
    outcomes = await asyncio.gather(
        *(resolve(left.desk, exception, kind, PLACE, "their advice", actor) for actor in (DIRECTOR, DIRECTOR)),
        tells(left, "USD 225.00", CHARGED),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, Resolved | Import | Refused) for outcome in outcomes), outcomes
    assert str((await paying.attempt_of(left)).paid_money) == "USD 200.00"
    assert (await left.reread()).spent == 200
    await cost(left)
