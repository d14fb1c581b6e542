"""An account in a country on the FATF's lists is paid only where the proposal names that country, and it is judged."""

from __future__ import annotations

from datetime import date

import pytest

from accord.client.desk import Desk
from accord.demo.sample import record_sample_accounts
from activities.holders import watched_fault
from domain.directory.watched import WatchedCountry, WatchKind
from domain.partnership.state import Partnership
from tests.builders import abroad, proposal
from tests.governing import watch

THERE = WatchedCountry(country="NL", kind=WatchKind.INCREASED_MONITORING, since=date(2026, 10, 23))
UNNAMED, NAMED = proposal(), proposal(partner=abroad(country="NL"))


@pytest.mark.parametrize(("account", "is_named", "is_paid"), [("harbor", False, False), ("harbor", True, True)])
async def test_an_account_at_a_watched_place_that_nobody_judged_is_not_paid(
    furnished: Desk, account: str, is_named: bool, is_paid: bool
) -> None:
    reference = (await record_sample_accounts(furnished.pool))[account]
    partnership = Partnership(partnership_id="P-2026-0042", proposal=NAMED if is_named else UNNAMED)
    async with furnished.pool.acquire() as connection:
        assert await watched_fault(connection, reference, partnership, await furnished.directory()) is None
    await watch(furnished, THERE)
    async with furnished.pool.acquire() as connection:
        fault = await watched_fault(connection, reference, partnership, await furnished.directory())
    assert (fault is None) is is_paid
    if fault is not None:
        assert f"is in {THERE}, which the proposal does not name: amend it" in str(fault)
