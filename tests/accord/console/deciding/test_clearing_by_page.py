"""A referral of a body that no register lists is cleared on a page with its paper, and not without one (rules 4.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_accounting import prepared
from tests.builders import DIGEST, abroad, funds_out, proposal
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")

Visit = Callable[[str], Awaitable[Visitor]]


async def test_the_form_asks_for_the_paper_and_its_digest_is_signed(
    desk: Desk, visit: Visit, reference: str, console_pool: asyncpg.Pool
) -> None:
    life, visitor = Life(desk, reference), await visit("vera.lind")
    payee = abroad("Village Circle", papers=[])
    await life.propose(proposal(reference, partner=payee, funds_out=funds_out("900.00", payee=payee)))
    await life.until_stage(Stage.ELIGIBILITY)
    await life.until(lambda known: known.assessment is not None)
    assert 'name="document_sha256"' in (await visitor.get(f"/{reference}/approve")).text
    typed = {"reason": "The ministry confirms it", "no_interest": "yes"}
    seen = await desk.known_sight(reference)
    refused = await visitor.post(f"/{reference}/approve", {"version": str(seen.version), **typed})
    assert (refused.status_code, "is proved by a paper: name its document" in refused.text) == (422, True)
    command = await prepared(visitor, console_pool, life, "approve", **typed, document_sha256=DIGEST)
    assert isinstance(command, c.Approve)
    assert command.document_sha256 == DIGEST
