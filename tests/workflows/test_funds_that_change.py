"""Lives in which a fund's money changes after it was given or paid, and none of it pays twice (R15, R39)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.payment.tranche.status import TrancheStatus
from domain.proposal import Proposal
from tests.builders import funds_in, proposal
from tests.lives import Life
from tests.treasury import fund, unrestricted
from tests.workflows.test_funds import paid_of


def gift(life: Life, into: str) -> Proposal:
    return proposal(life.reference, funds_in=funds_in("1500.00", into=into), partner=funds_in()["donor"])


@pytest.mark.slow
async def test_a_gift_that_moves_to_another_fund_pays_once(life: Life, new_reference: Callable[[], str]) -> None:
    first, second = f"FD-{life.reference[2:]}-A", f"FD-{life.reference[2:]}-B"
    await unrestricted(life.desk, first)
    await unrestricted(life.desk, second)
    await life.approved(gift(life, first))
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2))
    await life.money_arrives("1000.00")
    await life.do(c.Amend, "pia.berg", proposal=gift(life, second), reason="it goes to the other fund")
    assert [(await fund(life.desk, one)).granted for one in (first, second)] == [0, 1000]
    other, grant = Life(life.desk, new_reference()), Life(life.desk, new_reference())
    await other.approved_by_finance(paid_of(other, first))
    with pytest.raises(Refused, match=f"{first} has 0 USD left"):
        await other.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await grant.signed(paid_of(grant, second))
    await grant.do(c.Release, "paul.nkosi", tranche=1)
    await grant.instructed()
    await grant.hand_over()
    left = await grant.attempt()
    assert left is not None
    assert left.status is TrancheStatus.HANDED_OVER
