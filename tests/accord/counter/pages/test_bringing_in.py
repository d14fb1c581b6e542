"""A bank's statement in another form than camt.053, brought in by page: it is shown before it is signed, or refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from ledger import clock
from tests.accord.counter.pages.conftest import Caller
from tests.payments.answers.account_statements import message, statement
from tests.payments.answers.bai2.files import account, file, group
from tests.payments.orders import FOUNDATION, entry

Call = Callable[[str], Awaitable[Caller]]


async def brought_in(call: Call, name: str, content: bytes) -> str:
    """The words of the page to which a file leads."""
    paul = await call("paul.nkosi")
    answer = await paul.post("/answers", files={"file": (name, content)})
    page = await paul.get(answer.headers["location"]) if answer.is_redirect else answer
    return " ".join(page.text.split())


async def test_a_bai2_file_is_read_before_it_is_signed_or_refused_by_its_line(call: Call) -> None:
    day, wire = clock.today() - timedelta(days=2), "16,495,60000,Z,B-1,E1,WIRE, INVENTED/"
    own = account("100000", "40000", wire, number=FOUNDATION.iban or FOUNDATION.number or "")
    page = await brought_in(call, "days.bai", file(group(own, on=day)))
    assert "What days.bai says" in page
    assert "Nothing of it is recorded yet." in page
    refused = await brought_in(call, "days.bai", file(group(account("100000", "40000", wire, number=""), on=day)))
    assert "days.bai line 3: the account has no number" in refused


@pytest.mark.slow
async def test_a_statement_shows_its_balances_and_what_stays_open_before_it_is_signed(call: Call) -> None:
    day = clock.today() - timedelta(days=2)
    own = f"<IBAN>{FOUNDATION.iban}</IBAN>" if FOUNDATION.iban else f"<Othr><Id>{FOUNDATION.number}</Id></Othr>"
    paid = entry("NOBODYS", "612.34", booked=f"<Dt>{day}</Dt>", reference="B-612")
    content = message(statement("1000.00", "387.66", paid, on=day, account=own), name="PAGE-2")
    page = await brought_in(call, "day.xml", content)
    for words in ("Opening balance", "USD 1,000.00", "USD 387.66", "1 entry", "0 explained, 1 open"):
        assert words in page
    assert "says nothing about any payment" not in page
    assert (FOUNDATION.iban or FOUNDATION.number or "") not in page
    other = statement("1000.00", "387.66", paid, on=day, account="<Othr><Id>123456</Id></Othr>")
    assert "It is of no account of ours." in await brought_in(call, "day.xml", message(other, name="PAGE-3"))


@pytest.mark.slow
async def test_a_csv_is_told_how_it_comes_in(call: Call) -> None:
    page = await brought_in(call, "days.csv", b"Date,Amount,Balance\n2026-11-30,-600.00,400.00\n")
    assert "it is brought in by the shell alone" in page
    assert "XML" not in page
