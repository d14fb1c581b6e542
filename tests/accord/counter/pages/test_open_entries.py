"""The page of the bank's answers names each entry of a statement that nothing explains, with its owner and its days."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from accord.client.desk import Desk
from ledger import clock
from tests.accord.counter.files import imports
from tests.accord.counter.pages.conftest import Caller
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import FOUNDATION, entry


async def test_an_open_entry_stands_on_the_page_with_its_owner_and_its_days(
    call: Callable[[str], Awaitable[Caller]], desk: Desk
) -> None:
    paul, day = await call("paul.nkosi"), clock.today() - timedelta(days=2)
    account = f"<IBAN>{FOUNDATION.iban}</IBAN>" if FOUNDATION.iban else f"<Othr><Id>{FOUNDATION.number}</Id></Othr>"
    paid = entry("NOBODYS", "612.34", booked=f"<Dt>{day}</Dt>")
    await imports(
        desk, message(statement("1000.00", "387.66", paid, on=day, account=account), name="PAGE-1"), "page.xml"
    )
    page = " ".join((await paul.get("/answers")).text.split())
    assert "Entries that nothing explains" in page
    for words in ("612.34", "finance ·", "EX-", "2 days", "finance says what one is"):
        assert words in page.partition("Entries that nothing explains")[2]
    earlier = " ".join((await paul.get("/answers/brought-in?text=page.xml")).text.split())
    assert "1 entry" in earlier, "a file says how many entries its statements held"
