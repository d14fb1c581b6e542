"""The book in the console: for auditors and people of finance, as of two dates, with the file of each closed period."""

from __future__ import annotations

from typing import Any

import pytest

from accord.client.desk import Desk
from accord.organisation.books.closing import ask_close, confirm_close
from accord.organisation.books.exporting import period_export
from ledger import clock
from records.books import Books
from tests.accord.organisation.books.test_closing import FUND, days_ago, received

LISTS = ("", "/funds", "/commitments", "/ageing", "/forecast", "/periods")


@pytest.mark.parametrize("reader", ["otto.audit", "femi.ade", "paul.nkosi", "dora.kim"])
async def test_auditors_and_people_of_finance_read_the_book(visit: Any, reader: str) -> None:
    visitor = await visit(reader)
    for address in LISTS:
        answer = await visitor.get(f"/books{address}")
        assert answer.status_code == 200, answer.text
        assert 'href="/books"' in answer.text


@pytest.mark.parametrize("path", [*(f"/books{name}" for name in LISTS), "/books/periods/2099-01"])
async def test_whoever_else_is_told_who_may(visit: Any, path: str) -> None:
    visitor = await visit("pia.berg")
    answer = await visitor.get(path)
    assert answer.status_code == 403
    assert "may not read the book" in answer.text
    assert 'href="/books"' not in answer.text


async def test_a_list_is_as_of_two_dates_and_a_closed_period_is_its_file(visit: Any, desk: Desk) -> None:
    """Given money of the last days, when its period is closed, then the page hands out the bytes of the close."""
    await received(desk, "500.00", days_ago(5))
    visitor = await visit("otto.audit")
    assert FUND in (await visitor.get("/books/funds")).text
    assert FUND not in (await visitor.get(f"/books/funds?true={days_ago(9).date()}")).text
    assert FUND not in (await visitor.get(f"/books/funds?known={days_ago(1).date()}")).text
    last_day = days_ago(1).date()
    await ask_close(desk, last_day, "reconciled with the bank", "femi.ade")
    assert "waits for another person" in (await visitor.get("/books/periods")).text
    await confirm_close(desk, last_day, "dora.kim")
    assert f'href="/books/periods/{last_day}"' in (await visitor.get("/books/periods")).text
    await received(desk, "70.00", days_ago(4))
    file = await visitor.get(f"/books/periods/{last_day}")
    assert file.text == (await period_export(Books(desk.reader), last_day)).text
    assert file.headers["content-disposition"] == f'attachment; filename="book-{last_day}.csv"'
    rows = (await visitor.get("/books/funds?format=json")).json()
    assert [row["granted"] for row in rows if row["fund"] == FUND] == ["570.00"]
    assert clock.today() > last_day


@pytest.mark.parametrize(("path", "status"), [("/books/none", 404), ("/books/periods/never", 422)])
async def test_what_there_is_not_is_said(visit: Any, path: str, status: int) -> None:
    assert (await (await visit("otto.audit")).get(path)).status_code == status
