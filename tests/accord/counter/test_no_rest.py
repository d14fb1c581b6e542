"""A payment that was booked in part, of which no rest is planned any more: what is planned beside it still leaves."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.payment_files import export
from domain.partnership import commands as c
from domain.partnership.proposal.splitting import SplitPart, split
from domain.partnership.state import TrancheState
from tests import paying
from tests.accord.counter.files import PAYER, booked, handed_over, imports, reasons, told_now
from tests.accord.counter.test_money_back import BUDGET, agreed, released
from tests.activities.funding import done
from tests.builders import money
from tests.paying import REFERENCE
from tests.scribe import Scribe
from tests.treasury import unrestricted

pytestmark = pytest.mark.slow
FINANCE, DIRECTOR = "femi.ade", "dora.kim"
NOT_PROVED = "300.00 has left already, and with this more than was approved in all"


async def short(desk: Desk, folder: Path, *amounts: str, by: str = FINANCE) -> Scribe:
    """A grant of which the bank booked 250 of the first 300, as `by` imported."""
    await unrestricted(desk, BUDGET, "500.00")
    scribe = await agreed(desk, REFERENCE, *amounts)
    await released(scribe)
    await handed_over(desk, folder)
    await imports(desk, told_now(booked(paying.identifier(scribe), "250.00", reference="OUT-1")), actor=by)
    assert (await scribe.reread()).tranches[0].state is TrancheState.SHORT
    return scribe


async def second_leaves(scribe: Scribe) -> list[tuple[str, int, str]]:
    """Release the second tranche, and return why it does not leave."""
    await released(scribe, tranche=2)
    exported = await export(scribe.desk, PAYER)
    assert len(exported.files) + len(exported.waiting) == 1
    return reasons(exported)


async def give_up(scribe: Scribe) -> None:
    for actor in (FINANCE, DIRECTOR):
        await done(scribe, c.GiveUpRest, actor, tranche=1, remainder=money("50.00"), reason="they need no more")


async def test_after_a_rest_that_two_gave_up_the_next_tranche_leaves(furnished: Desk, tmp_path: Path) -> None:
    scribe = await short(furnished, tmp_path, "300.00", "200.00")
    await give_up(scribe)
    assert await second_leaves(scribe) == []


async def test_a_rest_that_was_split_off_leaves_by_itself_and_no_more(furnished: Desk, tmp_path: Path) -> None:
    """Given 250 of 300, when the tranche is split into 250 and 50, then the 50 leave."""
    scribe = await short(furnished, tmp_path, "300.00")
    parts = [SplitPart(amount=Decimal(part)) for part in ("250.00", "50.00")]
    proposed = split((await scribe.reread()).proposed, 1, parts)
    await done(scribe, c.Amend, "pia.berg", proposal=proposed, reason="the rest is paid by itself")
    assert await second_leaves(scribe) == []
    assert str((await paying.instruction(scribe, 2, 1)).money) == "USD 50.00"


async def test_what_the_payer_alone_imported_proves_no_part(furnished: Desk, tmp_path: Path) -> None:
    scribe = await short(furnished, tmp_path, "300.00", "200.00", by=PAYER)
    await give_up(scribe)
    assert await second_leaves(scribe) == [(REFERENCE, 2, NOT_PROVED)]
