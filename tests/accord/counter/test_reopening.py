"""Returns by the bank after the close, by the shell: told everywhere, and paid again or given up (ADR 0079)."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from tests import paying
from tests.accord.counter.files import exceptions_of, handed_over, imports, told_now
from tests.accord.counter.test_money_back import BUDGET, agreed, available, back, paid, released
from tests.accord.shell import Shell
from tests.activities.funding import do, done
from tests.paying import REFERENCE
from tests.scribe import Scribe
from tests.treasury import change, fund, unrestricted


@pytest.fixture
def at(shell: Shell, furnished_database: str) -> Shell:
    """A terminal in an office of the test's own."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


@pytest.fixture
async def returned(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 of a budget of 300 that was paid and closed. Then the bank gave it back."""
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00", reported=False)
    await paid(scribe, tmp_path)
    assert (await scribe.reread()).stage is Stage.CLOSED
    found = await imports(furnished, told_now(back(scribe), message="BACK"))
    assert [one.kind for one in found.for_a_person] == [ExceptionKind.LATE_RETURN]
    await paying.shown(furnished)
    return scribe


async def said_to_be(returned: Scribe) -> None:
    """Two who had no part in it identify it as that payment."""
    (late,) = await exceptions_of(returned.desk)
    for actor in ("femi.ade", "dora.kim"):
        await resolve(returned.desk, late, Resolution.BELONGS_TO, PaymentReference(), "it is that payment", actor)


async def test_it_is_told_wherever_people_look(at: Shell, returned: Scribe) -> None:
    shown = await at.done("show", REFERENCE)
    assert "CLOSED" in shown.words
    assert "Why: tranche 1 came back after the close" in shown.words
    ways = "pay it again (reopen), or give it up (terminate)"
    what = f"tranche 1, USD 300.00, came back after the close: two people say first whether it did, then: {ways}"
    assert f"Next: {what} - by FINANCE_APPROVER, PAYER, DIRECTOR" in shown.words
    assert "accord payments exceptions" in shown.words
    refused = await do(returned, c.Reopen, "dora.kim", reason="the account is open again")
    assert refused.refusal is not None
    assert "two people say first whether the money came back" in refused.refusal.reason
    await said_to_be(returned)
    await paying.shown(returned.desk)
    what = f"tranche 1, USD 300.00, came back after the close: {ways}"
    assert f"Next: {what} - by DIRECTOR" in (await at.done("show", REFERENCE)).words
    work = await at.done("work", "--as", "dora.kim", "--json")
    assert [(one["partnership_id"], one["step"]) for one in work.json] == [(REFERENCE, what)]
    owed = await at.done("obligations", "--json")
    assert [(one["partnership_id"], one["what"]) for one in owed.json] == [(REFERENCE, what)]


@pytest.mark.slow
async def test_once_a_director_opened_it_the_money_leaves_again_and_the_fund_keeps_it_for_that(
    returned: Scribe, tmp_path: Path
) -> None:
    assert await available(returned.desk) == 300
    refused = await do(returned, c.Release, "paul.nkosi", tranche=1, attempt=2)
    assert refused.refusal is not None
    assert f"`accord reopen {REFERENCE}`" in refused.refusal.reason
    await said_to_be(returned)
    await done(returned, c.Reopen, "dora.kim", reason="the account is open again")
    assert await available(returned.desk) == 0
    await released(returned, attempt=2)
    file = await handed_over(returned.desk, tmp_path / "again")
    assert paying.identifier(returned, 1, 2).encode() in file.content


@pytest.mark.slow
async def test_it_is_not_opened_where_the_fund_promised_the_money_to_others(returned: Scribe) -> None:
    await said_to_be(returned)
    await agreed(returned.desk, "P-2026-0049", "300.00", reported=False)
    refused = await do(returned, c.Reopen, "dora.kim", reason="the account is open again")
    assert refused.refusal is not None
    assert "has 0 USD left" in refused.refusal.reason
    assert (await returned.reread()).stage is Stage.CLOSED


@pytest.mark.slow
async def test_it_is_not_opened_where_the_fund_is_closed_and_the_money_moves_on(returned: Scribe) -> None:
    await said_to_be(returned)
    await unrestricted(returned.desk, "FD-2026-NEXT")
    for wanted in ({"kind": "transfer", "to": "FD-2026-NEXT", "amount": "300.00"}, {"kind": "closing"}):
        await change(returned.desk, BUDGET, wanted)
    refused = await do(returned, c.Reopen, "dora.kim", reason="the account is open again")
    assert refused.refusal is not None
    assert f"{BUDGET} is closed" in refused.refusal.reason
    assert (await fund(returned.desk, "FD-2026-NEXT")).granted == 300


@pytest.mark.slow
async def test_a_director_gives_it_up_and_nothing_is_owed_any_more(returned: Scribe) -> None:
    await said_to_be(returned)
    await done(returned, c.Terminate, "dora.kim", reason="the payee has closed its doors")
    state = await returned.reread()
    assert (state.stage, state.tranches[0].state) == (Stage.TERMINATED, TrancheState.RETURNED)
    assert await available(returned.desk) == 300
