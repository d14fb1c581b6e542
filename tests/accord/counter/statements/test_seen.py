"""What the bank shows within a day is seen until a statement tells the day, and it counts for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accord.client.desk import Desk
from accord.client.waiting.account_statements import stated_balance
from accord.client.waiting.seen_entries import SeenAccount, seen_accounts
from ledger import clock
from tests.accord.counter.account.test_account_statements import FINANCE, of_own, stated
from tests.accord.counter.account.test_balances import OWN
from tests.accord.counter.files import PAYER, imports
from tests.payments.answers.account_statements import PAID, balance, report, report_message


async def shown(desk: Desk, days: int = 0, **more: str) -> None:
    """The bank's report within a day, so many days ago."""
    on = clock.today() - timedelta(days=days)
    content = report(balance("ITBD", "9000000.00", on), PAID, at=f"{on}T14:30:00Z", **more)
    found = await imports(desk, report_message(content, name=f"BANK-{days}"), actor=FINANCE)
    assert (found.new, found.for_a_person, found.statements, len(found.sights)) == ((), (), (), 1)


async def seen(desk: Desk) -> SeenAccount:
    return next(one for one in await seen_accounts(desk) if one.reference == OWN)


async def test_it_is_seen_and_counts_for_no_balance_no_payment_and_no_chain(furnished: Desk) -> None:
    await stated(furnished, "1000.00", "400.00", PAID, days=1)
    await shown(furnished)
    [sight] = (await seen(furnished)).sights
    assert [str(entry.amount) for entry in sight.entries] == ["-600.00"]
    own = await of_own(furnished)
    assert own.newest is not None
    assert (own.statements, own.breaks, str(own.newest.closing)) == (1, (), "400.00")
    stated_now = await stated_balance(furnished, OWN, "USD", PAYER)
    assert stated_now is not None
    assert str(stated_now.amount) == "400.00"
    assert await furnished.pool.fetchval("SELECT count(*) FROM payments.entries") == 0


async def test_once_a_statement_tells_the_day_it_is_seen_no_more(furnished: Desk) -> None:
    await shown(furnished, days=1)
    assert len((await seen(furnished)).sights) == 1
    await stated(furnished, "1000.00", "400.00", PAID, days=1)
    assert (await seen(furnished)).sights == ()


@pytest.mark.parametrize("account", ["<Othr><Id>123456</Id></Othr>"])
async def test_another_account_is_not_seen(furnished: Desk, account: str) -> None:
    await shown(furnished, account=account)
    assert (await seen(furnished)).sights == ()
