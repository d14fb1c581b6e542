"""A gift whose fund changes while its money comes in or goes back is in one fund, and there once (R15, R38)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accord.client.desk import Desk
from accord.counter.transactions import at_the_counter
from activities.partnerships import Partnerships
from domain.partnership import commands as c
from domain.payment.bank_answers import BOOKED, BankAnswer, BankStatus
from domain.recorded.writers import Writer
from domain.values import Money
from tests.activities.funding import (
    FIRST,
    REFERENCE,
    SECOND,
    agreed,
    approve,
    carried_out,
    done,
    looked_up,
    signed,
    two_funds,
)
from tests.activities.test_funds import gift
from tests.builders import number
from tests.paying import caught_up
from tests.scribe import Scribe
from tests.treasury import fund

pytestmark = pytest.mark.slow


async def comes_in(scribe: Scribe, name: str) -> None:
    """2,500 of the gift come in, at a counter of its own."""
    answer = BankAnswer(
        answer_id=number(name), status=BankStatus.RECEIVED, code=BOOKED, said_at=datetime.now(UTC),
        money=Money(amount=Decimal("2500.00"), currency="USD"), bank_reference=name, partnership_id=REFERENCE,
    )  # fmt: skip
    receipt = c.RecordReceipt(command_id=number(f"receipt {name}"), at=answer.said_at, answer=answer)
    async with at_the_counter(scribe.desk, Writer.IMPORTER) as counter:
        await counter.decide(await counter.partnership(REFERENCE), receipt)


async def goes_to(scribe: Scribe, fund_id: str) -> None:
    """The gift is amended to go to a fund, and approved anew: until then no money is expected in it."""
    await done(scribe, c.Amend, "pia.berg", proposal=gift(fund_id), reason="it goes to the other fund")
    await looked_up(scribe)
    for actor in ("ana.silva", "femi.ade"):
        assert (await approve(scribe, actor)).refusal is None


async def granted(desk: Desk) -> list[Decimal]:
    return [(await fund(desk, one)).granted for one in (FIRST, SECOND)]


@pytest.mark.parametrize("order", [(FIRST,), (SECOND,), (SECOND, FIRST), (FIRST, SECOND, FIRST)])
async def test_however_often_it_is_moved_between_two_receipts_all_of_it_is_where_it_goes(
    furnished: Desk, order: tuple[str, ...]
) -> None:
    await two_funds(furnished, "10.00", "10.00")
    scribe = await agreed(furnished, gift(SECOND if order[0] == FIRST else FIRST))
    await comes_in(scribe, "GIFT-1")
    for fund_id in order:
        await goes_to(scribe, fund_id)
    await comes_in(scribe, "GIFT-2")
    assert await granted(furnished) == ([5010, 10] if order[-1] == FIRST else [10, 5010])


async def test_an_amendment_and_a_receipt_at_once_leave_it_in_one_fund(furnished: Desk) -> None:
    """Given a gift whose fund changes at the moment of a receipt, then all that counts is where it goes, in any order.

    What comes while it is amended waits for a person, and is in no fund.
    """
    await two_funds(furnished, "10.00", "10.00")
    scribe = await agreed(furnished, gift(FIRST))
    await comes_in(scribe, "GIFT-1")
    moves = signed(await caught_up(scribe), c.Amend, "pia.berg", proposal=gift(SECOND), reason="to the other fund")
    await asyncio.gather(carried_out(Partnerships(furnished.pool), moves), comes_in(scribe, "GIFT-2"))
    known = await scribe.reread()
    assert known.received in {2500, 5000}
    into = known.proposed.funds_in.into  # type: ignore[union-attr]
    sums = [10 + known.received, Decimal(10)]
    assert await granted(furnished) == (sums if into == FIRST else sums[::-1])


async def test_two_amendments_at_once_leave_it_in_the_fund_of_the_last(furnished: Desk) -> None:
    await two_funds(furnished, "10.00", "10.00")
    scribe = await agreed(furnished, gift(FIRST))
    await comes_in(scribe, "GIFT-1")
    known = await caught_up(scribe)
    asked = [
        signed(known, c.Amend, "pia.berg", proposal=gift(one), reason=f"to {one}") for one in (SECOND, FIRST, SECOND)
    ]
    await asyncio.gather(*(carried_out(Partnerships(furnished.pool), one) for one in asked))
    into = (await scribe.reread()).proposed.funds_in.into  # type: ignore[union-attr]
    assert await granted(furnished) == ([2510, 10] if into == FIRST else [10, 2510])
