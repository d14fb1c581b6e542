"""The forecast begins with what was booked through Accord, and says what the bank has beside that."""

from __future__ import annotations

from accord.cli.books.lists import balances_beside
from accord.client.desk import Desk
from ledger import clock
from records.books.reading import Books
from tests.accord.counter.files import booked, imports
from tests.accord.counter.stated.test_heard_once import stated


async def test_the_forecast_says_what_to_add_by_the_newest_statement(furnished: Desk) -> None:
    """Given an account that held 5,000.00 before Accord, when 900.00 left it by nobody's word here, then 4,100.00."""
    view = await Books(furnished.reader).read(clock.today())
    assert await balances_beside(furnished, view) == ()
    await imports(furnished, stated(booked("", "900.00", reference="SAL-11"), closing="4100.00"))
    [words] = await balances_beside(furnished, view)
    assert words == (
        f"ISOC: the bank has USD 4,100.00 at the end of {clock.today()}, and the book USD 0.00: "
        "add USD 4,100.00 to what is left in USD."
    )
