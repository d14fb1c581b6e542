"""Signals for one payment are told to all others: anybody who reaches Temporal can fill a workflow with junk."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from temporalio.service import RPCError

from tests.adversary.people.office import Office, comes, open_office
from tests.adversary.people.soon_full import LIMIT

AT_ONCE = 100


async def flood(office: Office, reference: str, count: int) -> None:
    """Send so many signals that say nothing to the workflow of a payment, as fast as they go."""
    handle = (await office.temporal()).get_workflow_handle(f"partnership/{reference}/tranche/1/attempt/1")
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            try:
                await handle.signal("bank_answered", f"junk {number}")
            except RPCError:
                return

    await asyncio.gather(*(one(number) for number in range(count)))


async def assert_all_are_heard(office: Office, flooded: str, other: str) -> None:
    await office.hear_booked(flooded)
    await office.hear_booked(other)
    heard = {one: await comes(partial(office.settled, one), seconds=30) for one in (other, flooded)}
    assert heard == {other: True, flooded: True}, (
        f"the bank booked {flooded}, which was flooded, and {other}, which was not; in the ledger: {heard}"
    )


async def test_a_flood_on_one_payment_keeps_no_word_of_the_bank_from_any(office: Office) -> None:
    flooded, other = await office.paid("30000.00"), await office.paid("20000.00")
    await flood(office, flooded, LIMIT + 10)
    await assert_all_are_heard(office, flooded, other)


@pytest.mark.slow
async def test_ten_thousand_signals_on_one_payment_keep_no_word_of_the_bank_from_any(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with open_office(tmp_path_factory.mktemp("office")) as office:
        flooded, other = await office.paid("30000.00"), await office.paid("20000.00")
        await flood(office, flooded, 10_100)
        await assert_all_are_heard(office, flooded, other)
