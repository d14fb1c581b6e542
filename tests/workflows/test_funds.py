"""Money cannot be spent twice: lives of partnerships that funds pay (R15, R39)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accord.presentation.faults import Refused
from domain.funds.fund import Claim
from domain.grants import fund_of_gift
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.proposal import Proposal
from ledger import clock
from tests.builders import funds_in, funds_out, proposal
from tests.lives import Life
from tests.treasury import budget, change, fund, unrestricted


def paid_of(life: Life, *funds: Any, amounts: tuple[str, ...] = ("1000.00",), **more: Any) -> Proposal:
    """A grant that funds pay."""
    parts = [one if isinstance(one, dict) else {"fund": one} for one in funds]
    out = funds_out(*amounts, funds=parts, programme="Libraries", final_report=False, **more)
    return proposal(life.reference, funds_out=out)


async def claim(life: Life, fund_id: str) -> Claim:
    """The partnership's claim on a fund."""
    return (await fund(life.desk, fund_id)).claim(life.reference)


async def available(life: Life, fund_id: str) -> Decimal:
    """The sum of a fund that may still be reserved."""
    return (await fund(life.desk, fund_id)).available(clock.now())


async def test_a_grant_is_reserved_committed_and_spent_and_what_it_leaves_is_free_again(life: Life) -> None:
    own = f"FD-{life.reference[2:]}"
    await budget(life.desk, own, "2500.00")
    await life.approved_by_finance(paid_of(life, own, amounts=("1000.00", "500.00")))
    assert await claim(life, own) == Claim()
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    reserved = await claim(life, own)
    assert (reserved.reserved, reserved.committed, await available(life, own)) == (1500, 0, 1000)
    await life.do(
        c.SignAgreement,
        "dora.kim",
        signed_on=date(2026, 11, 2),
        account=await life.account("Riverbend Library Network"),
    )
    assert await claim(life, own) == Claim(committed=Decimal(1500))
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    assert await claim(life, own) == Claim(committed=Decimal(500), spent=Decimal(1000))
    await life.do(c.Terminate, "dora.kim", reason="the rest is not needed")
    assert (await claim(life, own), await available(life, own)) == (Claim(spent=Decimal(1000)), 1500)


@pytest.mark.slow
async def test_an_approval_that_no_fund_covers_is_refused_with_the_figures_and_reserves_nothing(life: Life) -> None:
    own = f"FD-{life.reference[2:]}"
    await budget(life.desk, own, "999.99")
    await life.approved_by_finance(paid_of(life, own))
    with pytest.raises(Refused, match=f"1,000.00 are to be kept .* {own} has 999.99 USD left: amend .*accord funds"):
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    assert (await life.state()).stage is Stage.APPROVAL
    assert await claim(life, own) == Claim()
    await change(life.desk, own, {"kind": "budget", "amount": "1000.00"})
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    assert await available(life, own) == 0


@pytest.mark.slow
async def test_funds_pay_in_their_order_and_each_no_more_than_it_has(life: Life) -> None:
    first, second = f"FD-{life.reference[2:]}-A", f"FD-{life.reference[2:]}-B"
    await budget(life.desk, first, "300.00")
    await unrestricted(life.desk, second, "5000.00")
    await life.signed(paid_of(life, first, second))
    assert [(await claim(life, one)).committed for one in (first, second)] == [300, 700]


@pytest.mark.slow
async def test_a_withdrawal_frees_what_was_reserved(life: Life) -> None:
    own = f"FD-{life.reference[2:]}"
    await budget(life.desk, own, "1000.00")
    await life.approved(paid_of(life, own))
    await life.do(c.Withdraw, "pia.berg", reason="other plans")
    assert (await claim(life, own), await available(life, own)) == (Claim(), 1000)


@pytest.mark.slow
async def test_a_gift_has_a_fund_that_what_came_in_fills_and_one_grant_at_most_gets_the_last_of_it(
    life: Life, new_reference: Callable[[], str]
) -> None:
    gift = proposal(life.reference, funds_in=funds_in("1500.00", restricted_to="Training"), partner=funds_in()["donor"])
    await life.approved(gift)
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2))
    own = fund_of_gift(life.reference)
    assert (await fund(life.desk, own)).granted == 0
    await life.money_arrives("1500.00")
    assert (await fund(life.desk, own)).granted == 1500
    one, other = (Life(life.desk, new_reference()) for _ in range(2))
    for grant in (one, other):
        out = funds_out(funds=[{"fund": own}], final_report=False)
        await grant.propose(proposal(grant.reference, funds_out=out))
        await grant.until_stage(Stage.ELIGIBILITY)
        await grant.do(c.Approve, "vera.lind", no_interest=True, reason="it is training")
        await grant.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
        await grant.do(c.Approve, "dora.kim", no_interest=True, reason="within budget")
    await one.do(c.Approve, "ana.silva", no_interest=True, reason="fits")
    with pytest.raises(Refused, match=f"{own} has 500.00 USD left"):
        await other.do(c.Approve, "ana.silva", no_interest=True, reason="fits")


@pytest.mark.slow
async def test_a_hold_suspends_the_day_on_which_a_reservation_lapses(life: Life) -> None:
    own = f"FD-{life.reference[2:]}"
    await budget(life.desk, own, "1000.00")
    await life.approved(paid_of(life, own))
    assert (await claim(life, own)).until is not None
    await life.do(c.PlaceHold, "vera.lind", reason="a question is open")
    assert (await claim(life, own)).until is None
    await life.do(c.LiftHold, "dora.kim", reason="it is answered")
    assert (await claim(life, own)).until is not None
