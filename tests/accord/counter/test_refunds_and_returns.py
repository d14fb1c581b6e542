"""A grantee's refund and the bank's return of one payment: no more comes back of it than was paid of it (R42)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.funds.fund import Claim
from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind
from tests import paying
from tests.accord.counter.files import booked, handed_over, imports, told_now
from tests.accord.counter.test_money_back import BUDGET, agreed, available, back, confirm, refund, released
from tests.activities.funding import done
from tests.paying import REFERENCE
from tests.scribe import Scribe
from tests.treasury import fund, unrestricted

pytestmark = pytest.mark.slow


async def pays(scribe: Scribe, folder: Path, tranche: int) -> None:
    """A tranche of 300 leaves, and the bank books it."""
    await released(scribe, tranche=tranche)
    await handed_over(scribe.desk, folder / str(tranche))
    entry = booked(paying.identifier(scribe, tranche), "300.00", reference=f"OUT-{tranche}")
    await imports(scribe.desk, told_now(entry, message=f"OUT-{tranche}"))
    assert (await scribe.reread()).tranches[tranche - 1].state is TrancheState.SETTLED


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of twice 300, of which the first was paid."""
    await unrestricted(furnished, BUDGET, "600.00")
    scribe = await agreed(furnished, REFERENCE, "300.00", "300.00")
    await pays(scribe, tmp_path, 1)
    return scribe


async def kept(scribe: Scribe) -> Claim:
    return (await fund(scribe.desk, BUDGET)).claim(scribe.reference)._replace(until=None)


async def test_parts_come_back_up_to_what_was_paid_and_not_a_cent_more(here: Scribe) -> None:
    for amount, reference in (("200.00", "NTRF-1"), ("99.99", "NTRF-2")):
        assert await refund(here, amount, reference) == ""
        await confirm(here, reference)
    assert "is more than, or other than, the USD 0.01" in await refund(here, "0.02", "NTRF-3")
    assert await refund(here, "0.01", "NTRF-4") == ""
    assert "no money went that way" in await refund(here, "0.01", "NTRF-5")
    assert await kept(here) == Claim(committed=300, spent=Decimal("0.01"))


async def test_a_return_of_what_was_refunded_in_part_is_for_a_person_also_beside_another_payment(
    here: Scribe, tmp_path: Path
) -> None:
    """Given 100 refunded of the first payment, when 300 of it come back beside a second one, then people look."""
    assert await refund(here, "100.00", "NTRF-1") == ""
    await confirm(here, "NTRF-1")
    await pays(here, tmp_path, 2)
    answer = await imports(here.desk, told_now(back(here), message="BACK"))
    assert [one.kind for one in answer.for_a_person] == [ExceptionKind.CONTRADICTION]
    state = await here.reread()
    assert (state.tranches[0].state, state.spent) == (TrancheState.SETTLED, 500)
    assert (await kept(here), await available(here.desk)) == (Claim(spent=500), 100)


async def test_a_refund_that_may_be_of_another_payment_stops_no_return(here: Scribe, tmp_path: Path) -> None:
    """Given 100 refunded once both were paid, when the first comes back whole, then the 100 are of the second."""
    await pays(here, tmp_path, 2)
    assert await refund(here, "100.00", "NTRF-1") == ""
    await confirm(here, "NTRF-1")
    answer = await imports(here.desk, told_now(back(here), message="BACK"))
    assert answer.for_a_person == ()
    state = await here.reread()
    assert (state.tranches[0].state, state.spent) == (TrancheState.RETURNED, 200)
    assert (await kept(here), await available(here.desk)) == (Claim(committed=300, spent=200), 100)


async def test_a_refund_that_is_taken_back_lets_the_return_count(here: Scribe, tmp_path: Path) -> None:
    assert await refund(here, "100.00", "NTRF-1") == ""
    await pays(here, tmp_path, 2)
    await done(here, c.WithdrawRefund, "femi.ade", bank_reference="NTRF-1", reason="it was the return")
    answer = await imports(here.desk, told_now(back(here), message="BACK"))
    assert answer.for_a_person == ()
    assert await kept(here) == Claim(committed=300, spent=300)
