"""Periods: two people close one, it stays as it is, and what comes later goes to the next one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.books.entries import JournalEntry, Origin, Posting, PostingPlace
from domain.books.events import PeriodCloseAsked, PeriodClosed
from domain.books.periods import Closes, asking_fault, closes_of, closing_fault, within
from domain.directory.chart import Account, BookRules
from domain.money.amounts import SignedAmount
from tests.builders import DIGEST, NOON, moment, number
from tests.domain.books.keeping import of_counter

OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)
LATER = moment("2026-12-05")


def asked(
    last_day: date = OCTOBER, position: int = 100, actor: str = "femi.ade", command: str = "", **more: Any
) -> PeriodCloseAsked:
    content = {"last_day": last_day, "position": position, "rules": BookRules(), "form": 1, "sha256": DIGEST, **more}
    act: PeriodCloseAsked = of_counter(
        PeriodCloseAsked, actor, command or f"close {last_day}", LATER, reason="reconciled", **content
    )
    return act


def closed(last_day: date = OCTOBER, actor: str = "dora.kim", command: str = "") -> PeriodClosed:
    close_id = number(command or f"close {last_day}")
    act: PeriodClosed = of_counter(PeriodClosed, actor, f"{actor} closes", LATER, close_id=close_id)
    return act


def entry(position: int, on: date) -> JournalEntry:
    postings = tuple(
        Posting(PostingPlace(account, "ISOC", "USD"), SignedAmount("USD", Decimal(value)))
        for account, value in ((Account.BANK, 1), (Account.GIFTS_UNRESTRICTED, -1))
    )
    return JournalEntry(
        Origin(position, "partnership/P-2026-0042", "FundsReceived"), on, "P-2026-0042", "", "", postings
    )


def test_a_period_is_closed_once_another_person_signed() -> None:
    waiting = closes_of([asked()])
    assert (waiting.periods, len(waiting.requests)) == ((), 1)
    done = closes_of([asked(), closed()])
    assert (done.last_day, done.position, dict(done.requests)) == (OCTOBER, 100, {})
    assert (done.periods[0].asked_by, done.periods[0].confirmed_by) == ("femi.ade", "dora.kim")


def test_the_same_person_or_key_closes_nothing_and_a_close_counts_once() -> None:
    assert closes_of([asked(), closed(actor="femi.ade")]).periods == ()
    same_key = closed().model_copy(update={"signature": asked().signature})
    assert closes_of([asked(), same_key]).periods == ()
    assert len(closes_of([asked(), closed(), closed()]).periods) == 1


def test_a_close_takes_the_place_of_all_that_waited() -> None:
    events = [asked(command="first"), asked(command="second"), closed(command="second"), closed(command="first")]
    closes = closes_of(events)
    assert len(closes.periods) == 1
    assert "no close" in str(closing_fault(closes, closed(command="first")))


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (asked(date(2026, 12, 31)), "is not over"),
        (asked(NOVEMBER, position=901), "the ledger has 900 events"),
        (asked(OCTOBER), "closed up to 2026-10-31 already"),
        (asked(date(2026, 10, 15)), "closed up to 2026-10-31 already"),
        (asked(NOVEMBER, position=99), "the period before reaches to 100"),
        (asked(NOVEMBER, position=300, rules=BookRules(basis="CASH")), "keep the basis"),
    ],
    ids=["not over", "ahead", "again", "within", "behind", "another basis"],
)
def test_what_cannot_be_closed_now_is_refused(event: PeriodCloseAsked, fault: str) -> None:
    assert fault in str(asking_fault(closes_of([asked(), closed()]), event, LATER, head=900))


def test_the_day_must_be_over_by_the_ledger_and_by_the_signer() -> None:
    assert "is not over" in str(asking_fault(Closes(), asked(NOVEMBER), NOON, head=900))
    assert asking_fault(Closes(), asked(NOVEMBER), LATER, head=900) is None


def test_what_comes_later_of_a_closed_day_stands_on_the_first_open_one() -> None:
    closes = closes_of([asked(), closed(), asked(NOVEMBER, 200), closed(NOVEMBER)])
    assert closes.day_of(entry(100, OCTOBER)) == OCTOBER
    assert closes.day_of(entry(101, OCTOBER)) == date(2026, 11, 1)
    assert closes.day_of(entry(201, OCTOBER)) == date(2026, 12, 1)
    assert closes.day_of(entry(201, date(2026, 12, 4))) == date(2026, 12, 4)


days = st.integers(0, 90).map(lambda number: date(2026, 9, 15) + timedelta(days=number))


@given(st.lists(days, max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_a_closed_period_stays_as_it_is_and_every_entry_is_in_one_period(
    happened: list[date], first: int, second: int
) -> None:
    """Given entries of any days in any order, then two closes, then more entries, nothing is lost or moved."""
    entries = [entry(position, on) for position, on in enumerate(happened, 1)]
    early, late = sorted((min(first, len(entries)), min(second, len(entries))))
    one = closes_of([asked(position=max(early, 1)), closed()])
    then = within(one, entries[: max(early, 1)], OCTOBER)
    both = closes_of([asked(position=max(early, 1)), closed(), asked(NOVEMBER, max(late, 1)), closed(NOVEMBER)])
    assert within(one, entries, OCTOBER) == within(both, entries, OCTOBER) == then
    periods = [within(both, entries, last_day) for last_day in (OCTOBER, NOVEMBER)]
    rest = within(both, entries, date(2027, 1, 31))
    found = sorted(item.origin.position for period in (*periods, rest) for _, item in period)
    assert found == [item.origin.position for item in entries]
