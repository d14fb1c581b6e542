"""The page of a month before its close names what is open, who mends it and where, and each account by its balances."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from accord.client.waiting.stated_entries import AccountEntry
from ledger import clock
from tests.accord.counter.pages.conftest import Caller
from tests.accord.counter.pages.test_open_entries import open_entry

__all__ = ["open_entry"]


async def test_a_month_shows_its_open_entries_and_leads_to_where_each_is_mended(
    call: Callable[[str], Awaitable[Caller]], open_entry: AccountEntry
) -> None:
    """Given a debit that nothing explains, then the page names it, who, where, and the account's sums."""
    femi = await call("femi.ade")
    page = " ".join((await femi.get(f"/month?period={open_entry.day}")).text.split())
    for words in (
        f'<a href="/answers#unexplained"><b>{open_entry.name}</b></a>', "USD -612.34", "not explained",
        "In the book USD 0.00. Beside it USD -612.34", f"/books/close?last_day={open_entry.day}", "Femi Ade",
    ):  # fmt: skip
        assert words in page, words
    assert page.index("What is open") < page.index("from balance to balance")


async def test_a_month_that_is_none_and_a_reader_who_may_not_are_refused(
    call: Callable[[str], Awaitable[Caller]],
) -> None:
    femi, pia = await call("femi.ade"), await call("pia.berg")
    wrong = await femi.get("/month?period=soon")
    assert (wrong.status_code >= 400, "is no month and no day" in wrong.text) == (True, True)
    assert (await pia.get("/month")).status_code == 403
    running = (await femi.get(f"/month?period={clock.today():%Y-%m}")).text
    assert "is not over" in running
