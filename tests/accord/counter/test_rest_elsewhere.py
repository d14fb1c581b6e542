"""The account of a payee changes between a part and its rest, which goes to the new one after the cooling-off."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.demo.sample import CALLER
from accord.organisation.governance import confirm_account, vouch
from domain.directory.people import HouseRulesSet
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from ledger import clock
from payments.accounts import record_account
from tests import paying
from tests.accord.counter.files import PAYER, booked, handed_over, imports, told_now
from tests.accord.counter.test_money_back import BUDGET, agreed, grant, released
from tests.activities.funding import do, done
from tests.builders import money
from tests.governing import decree
from tests.paying import REFERENCE
from tests.payments.orders import RIVERBEND, account
from tests.scribe import Scribe
from tests.treasury import unrestricted

pytestmark = pytest.mark.slow
FINANCE, DIRECTOR = "femi.ade", "dora.kim"


@pytest.fixture
async def short(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 of which 250 were booked, and whose rest two agreed to pay."""
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await released(scribe)
    await handed_over(furnished, tmp_path)
    await imports(furnished, told_now(booked(paying.identifier(scribe), "250.00", reference="OUT-1")), actor=FINANCE)
    for actor in (FINANCE, DIRECTOR):
        await done(scribe, c.AgreeRest, actor, tranche=1, remainder=money("50.00"), reason="a part alone left")
    return scribe


async def new_account(desk: Desk) -> AccountReference:
    """Another account of the payee, which somebody called back."""
    async with desk.pool.acquire() as connection:
        reference = await record_account(connection, account(holder=RIVERBEND.holder, number="0009876543"), "vera.lind")
    await vouch(desk, reference, "vera.lind")
    await confirm_account(desk, reference, CALLER, "called the listed number")
    return reference


async def moved(scribe: Scribe) -> AccountReference:
    """The agreement names another account since, and finance approves anew, without which nothing is paid."""
    reference = await new_account(scribe.desk)
    await done(scribe, c.SignAgreement, DIRECTOR, signed_on=clock.today(), account=reference)
    refused = await do(scribe, c.Release, PAYER, tranche=1, attempt=2)
    assert "FINANCE_APPROVER must approve" in str(refused.refusal)
    await done(scribe, c.Approve, FINANCE, no_interest=True, reason="the account was called back")
    return reference


async def test_the_rest_goes_to_the_account_of_the_newest_agreement(short: Scribe, tmp_path: Path) -> None:
    reference = await moved(short)
    await released(short, 2)
    await handed_over(short.desk, tmp_path / "rest")
    attempt, instruction = await paying.attempt_of(short, 1, 2), await paying.instruction(short, 1, 2)
    assert (attempt.order.account, str(instruction.money)) == (reference, "USD 50.00")


async def test_the_rest_waits_out_the_cooling_off_of_a_new_account(short: Scribe) -> None:
    rules = (await short.desk.directory()).rules
    assert rules is not None
    await decree(short.desk, HouseRulesSet(rules=rules.model_copy(update={"cooling_off_days": 3})))
    await moved(short)
    refused = await do(short, c.Release, PAYER, tranche=1, attempt=2)
    assert "the bank details changed; nothing is paid to them before" in str(refused.refusal)


async def test_while_the_rest_is_on_its_way_no_agreement_names_another_account(short: Scribe) -> None:
    await released(short, 2)
    reference = await new_account(short.desk)
    refused = await do(short, c.SignAgreement, DIRECTOR, signed_on=clock.today(), account=reference)
    assert "accord payments cancel" in str(refused.refusal)


@pytest.mark.parametrize("amount", ["150.00", "250.00", "400.00"])
async def test_no_amendment_makes_another_sum_of_what_was_paid_in_part(short: Scribe, amount: str) -> None:
    refused = await do(short, c.Amend, "pia.berg", proposal=grant(REFERENCE, amount), reason="another sum is needed")
    assert "tranche 1 was released already and stays as it is" in str(refused.refusal)
    tranche = (await short.reread()).tranches[0]
    assert (tranche.state, tranche.remainder, len(tranche.agreed_by)) == (TrancheState.SHORT, 50, 2)
