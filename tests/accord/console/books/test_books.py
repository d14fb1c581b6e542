"""The book in the console: for auditors and people of finance, as of two dates, with the file of each closed period."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.console.organisation.waiting import unsigned
from accord.console.pages.books.telling import book_act_in_words
from accord.organisation.books.exporting import beancount_export, period_export
from accord.presentation.books.general_ledger import FORM
from accord.presentation.faults import Refused
from accord.presentation.words.values import NamesInWords
from domain.books.events import PeriodCloseAsked
from domain.directory.chart import USUAL
from ledger import clock
from records.books.reading import Books
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.accord.organisation.books.test_closing import FUND, days_ago, received

LISTS = ("", "/funds", "/commitments", "/ageing", "/forecast", "/periods")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("reader", ["otto.audit", "femi.ade", "paul.nkosi", "dora.kim"])
async def test_auditors_and_people_of_finance_read_the_book(visit: Any, reader: str) -> None:
    visitor = await visit(reader)
    for address in LISTS:
        answer = await visitor.get(f"/books{address}")
        assert answer.status_code == 200, answer.text
        assert 'href="/books"' in answer.text


@pytest.mark.parametrize("path", [*(f"/books{name}" for name in LISTS), "/books/periods/2099-01", "/books/close"])
async def test_whoever_else_is_told_who_may(visit: Any, path: str) -> None:
    visitor = await visit("pia.berg")
    answer = await visitor.get(path)
    assert answer.status_code == 403
    assert "may not read the book" in answer.text
    assert 'href="/books"' not in answer.text


@pytest.mark.slow
async def test_a_list_is_as_of_two_dates_and_two_people_close_a_period(visit: Any, desk: Desk) -> None:
    """Given money of the last days, when two people close its period by browser, then its file stays as they saw it."""
    await received(desk, "500.00", days_ago(5))
    visitor, last_day = await visit("femi.ade"), days_ago(1).date()
    assert FUND in (await visitor.get("/books/funds")).text
    assert FUND not in (await visitor.get(f"/books/funds?true={days_ago(9).date()}")).text
    assert FUND not in (await visitor.get(f"/books/funds?known={days_ago(1).date()}")).text
    before = (await visitor.get(f"/books/periods/{last_day}")).text
    await closed_by_browser(visit, desk, visitor, last_day)
    assert f'href="/books/periods/{last_day}"' in (await visitor.get("/books/periods")).text
    await received(desk, "70.00", days_ago(4))
    file = await visitor.get(f"/books/periods/{last_day}")
    assert file.text == before == (await period_export(Books(desk.reader), last_day)).text
    assert file.headers["content-disposition"] == f'attachment; filename="book-{last_day}.csv"'
    bean = await visitor.get(f"/books/periods/{last_day}?format=beancount")
    assert bean.text == await beancount_export(Books(desk.reader), last_day)
    rows = (await visitor.get("/books/funds?format=json")).json()
    assert [row["granted"] for row in rows if row["fund"] == FUND] == ["570.00"]
    again = await visitor.post("/books/close", {"last_day": str(last_day), "reason": "once more"})
    assert (again.status_code, "is closed already" in again.text) == (422, True)


async def closed_by_browser(visit: Any, desk: Desk, visitor: Any, last_day: date) -> None:
    """Two people close a period, each after they saw its trial balance; who asked for it is not the second."""
    key, asked = await with_key(desk, visitor.settings, "femi.ade"), {"reason": "reconciled with the bank"}
    place = await place_of(visitor, "/books/close", {"last_day": str(last_day), **asked})
    shown = (await visitor.asking.get(place)).text
    assert "9000 Funds, granted" in shown
    assert "USD 500.00 debit" in shown
    assert "another person closes the period" in (await touched(visitor, key, place)).get("told", "")
    confirming = f"/books/periods/{last_day}/close"
    assert f'href="{confirming}"' in (await visitor.get("/books/periods")).text
    assert (await visitor.get(confirming)).status_code == 200
    refused = await visitor.post(confirming, {})
    assert (refused.status_code, "another person closes it" in refused.text) == (422, True)
    director = await visit("dora.kim")
    key = await with_key(desk, director.settings, "dora.kim")
    place = await place_of(director, confirming, {})
    assert "USD 500.00 debit" in (await director.asking.get(place)).text
    assert "is closed" in (await touched(director, key, place)).get("told", "")


async def test_who_may_not_close_is_offered_nothing_and_a_day_that_is_none_is_asked_back(visit: Any) -> None:
    auditor, approver = await visit("otto.audit"), await visit("femi.ade")
    assert "/books/close" not in (await auditor.get("/books/periods")).text
    refused = await auditor.post("/books/close", {"last_day": "2026-01-31", "reason": "as resolved"})
    assert (refused.status_code, "may not" in refused.text) == (422, True)
    assert "as resolved" in refused.text, "nothing that was typed is lost"
    for day, words in (("", "give the last day"), (str(clock.today()), "is not over")):
        answer = await approver.post("/books/close", {"last_day": day, "reason": "as resolved"})
        assert (answer.status_code, words in answer.text.lower()) == (422, True), answer.text


async def test_a_close_with_another_digest_is_shown_to_nobody_for_a_signature(desk: Desk) -> None:
    """Given what waits to be signed has a digest that is not the export's, then the page that signs refuses it."""
    content = {
        "last_day": clock.today(), "position": await desk.ledger.head(), "rules": USUAL, "form": FORM,
        "sha256": "ab" * 32, "reason": "reconciled",
    }  # fmt: skip
    act: Any = unsigned(PeriodCloseAsked, "femi.ade", clock.now(), content)
    console: Any = SimpleNamespace(books=Books(desk.reader))
    with pytest.raises(Refused, match="asked with abababab"):
        await book_act_in_words(console, act, NamesInWords(await desk.directory()))


@pytest.mark.parametrize(("path", "status"), [("/books/none", 404), ("/books/periods/never", 422)])
async def test_what_there_is_not_is_said(visit: Any, path: str, status: int) -> None:
    assert (await (await visit("otto.audit")).get(path)).status_code == status
