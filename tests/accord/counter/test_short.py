"""A payment of which the bank booked a part: the part counts, and the rest leaves once two people agreed to it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.counter.payment_files import export
from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind
from domain.payment.tranche.status import TrancheStatus
from tests import paying
from tests.accord.counter.files import PAYER, booked, exceptions_of, handed_over, imports, told_now
from tests.accord.counter.test_money_back import BUDGET, agreed, released
from tests.activities.funding import do, done
from tests.builders import money
from tests.paying import REFERENCE
from tests.scribe import Scribe
from tests.treasury import fund, unrestricted


def booking(scribe: Scribe, amount: str, attempt: int = 1, reference: str = "OUT-1") -> bytes:
    entry = booked(paying.identifier(scribe, 1, attempt), amount, reference=reference)
    return told_now(entry, message=f"{reference}-{amount}")


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 of a budget of 300, of which the bank booked 250, as another person than the payer imported."""
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await released(scribe)
    await handed_over(furnished, tmp_path)
    await imports(furnished, booking(scribe, "250.00"), actor="femi.ade")
    await scribe.reread()
    return scribe


async def agree(scribe: Scribe, *people: str, rest: str = "50.00") -> None:
    for actor in people:
        await done(scribe, c.AgreeRest, actor, tranche=1, remainder=money(rest), reason="the bank sent a part alone")


async def spent(desk: Desk) -> tuple[Decimal, Decimal]:
    claim = (await fund(desk, BUDGET)).claim(REFERENCE)
    return claim.spent, claim.committed


async def test_what_came_is_spent_and_the_rest_stays_committed(here: Scribe) -> None:
    assert (await paying.attempt_of(here)).status is TrancheStatus.SHORT
    (tranche,) = (await here.reread()).tranches
    assert (tranche.state, tranche.remainder) == (TrancheState.SHORT, 50)
    assert await spent(here.desk) == (250, 50)
    again = await imports(here.desk, booking(here, "250.00"), "again.xml", "femi.ade")
    assert (again.new, again.known) == ((), 1)


@pytest.mark.slow
async def test_the_rest_leaves_once_two_agreed_and_settles_the_tranche(here: Scribe, tmp_path: Path) -> None:
    refused = await do(here, c.Release, PAYER, tranche=1, attempt=2)
    assert "USD 50.00 of USD 300.00 is not paid" in str(refused.refusal)
    await agree(here, "femi.ade", "dora.kim")
    await released(here, attempt=2)
    await handed_over(here.desk, tmp_path)
    assert str((await paying.instruction(here, 1, 2)).money) == "USD 50.00"
    await imports(here.desk, booking(here, "50.00", 2, "OUT-2"))
    (tranche,) = (await here.reread()).tranches
    assert (tranche.state, tranche.net) == (TrancheState.SETTLED, 300)
    assert await spent(here.desk) == (300, 0)


@pytest.mark.slow
async def test_a_second_booking_of_it_is_for_people_and_nothing_leaves_meanwhile(here: Scribe) -> None:
    await agree(here, "femi.ade", "dora.kim")
    await released(here, attempt=2)
    await imports(here.desk, booking(here, "50.00", reference="OUT-1B"), actor="femi.ade")
    (exception,) = await exceptions_of(here.desk)
    assert exception.kind == ExceptionKind.SECOND_BOOKING
    exported = await export(here.desk, PAYER)
    assert exported.files == ()


@pytest.mark.slow
async def test_the_pre_payment_check_counts_an_agreement_no_more_once_its_person_has_an_interest(
    here: Scribe,
) -> None:
    await agree(here, "femi.ade", "dora.kim")
    await released(here, attempt=2)
    interest: dict[str, Any] = {"interest": {"person": "femi.ade", "what": "her brother teaches there"}}
    await done(here, c.DeclareInterest, "femi.ade", **interest)
    exported = await export(here.desk, PAYER)
    assert exported.files == ()


@pytest.mark.slow
async def test_the_rest_that_two_give_up_is_free_in_its_fund_once(here: Scribe) -> None:
    for actor in ("femi.ade", "dora.kim"):
        await done(here, c.GiveUpRest, actor, tranche=1, remainder=money("50.00"), reason="they need no more")
    assert await spent(here.desk) == (250, 0)
    again = await do(here, c.GiveUpRest, "paul.nkosi", tranche=1, remainder=money("50.00"), reason="they need no more")
    assert "it has no rest" in str(again.refusal)
