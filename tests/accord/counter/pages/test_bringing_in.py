"""A bank's statement in another form than camt.053, brought in by page: it is shown before it is signed, or refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from ledger import clock
from tests.accord.counter.pages.conftest import Caller
from tests.payments.answers.bai2.files import account, file, group
from tests.payments.orders import FOUNDATION

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


async def test_a_csv_is_told_how_it_comes_in(call: Call) -> None:
    page = await brought_in(call, "days.csv", b"Date,Amount,Balance\n2026-11-30,-600.00,400.00\n")
    assert "it is brought in by the shell alone" in page
    assert "XML" not in page
