"""The fold keeps entries alone: partnerships are read again when they go on, and nothing is taken twice or lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.books.entries import JournalEntry, uneven_sums
from domain.books.statements import trial_balance
from domain.directory.chart import Account, BookBasis
from domain.directory.people import EventSetAside
from domain.partnership import events as e
from domain.streams import StreamId
from domain.values import Money
from ledger import LedgerUnavailable, NewEvent, clock
from records.books import folding
from records.books.folding import BookFold
from records.books.judged import JudgedStreams
from records.books.reading import Books
from tests import paying
from tests.accord.counter.files import handed_over
from tests.accord.counter.test_bookings_with_a_difference import (
    DIRECTOR,
    FINANCE,
    FIRST,
    WITH_CHARGES,
    charged,
    raised,
    says,
)
from tests.governing import decree
from tests.records.books.test_reading import A, append, entries
from tests.treasury import unrestricted

GIFT = "P-2026-0044"


def came(amount: str, reference: str) -> e.FundsReceived:
    money = Money.model_validate({"amount": amount, "currency": "USD"})
    return e.FundsReceived(at=clock.now(), money=money, bank_reference=reference)


def of_gift(found: Sequence[JournalEntry]) -> list[JournalEntry]:
    return [entry for entry in found if entry.partnership == GIFT]


async def test_a_partnership_that_goes_on_has_what_it_had_and_what_is_new(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given partnerships that are folded one by one, when they and funds go on in turns, then nothing differs."""
    monkeypatch.setattr(folding, "_PARTNERSHIPS", 1)
    books, gift, before = Books(furnished.reader), StreamId.partnership(GIFT), list[JournalEntry]()
    await paying.expecting(furnished, GIFT)
    for turn in range(3):
        await append(furnished, gift, came("100.00", f"NTRF-{turn}"))
        await unrestricted(furnished, f"FD-2026-T{turn}", "900.00")
        if turn == 1:
            await paying.agreed_grant(furnished)
        went_on = await entries(furnished, books)
        assert list(went_on) == list(await entries(furnished))
        assert list(went_on)[: len(before)] == before
        before = list(went_on)
    assert len(of_gift(before)) == 4
    positions = [entry.origin.position for entry in before]
    assert positions == sorted(set(positions))


async def test_a_reading_that_is_cut_off_has_taken_nothing(furnished: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an outage among partnerships, and then one among funds, when the book is read again, it is as read once."""
    await unrestricted(furnished, A, "900.00")
    await paying.expecting(furnished, GIFT)
    head = await furnished.ledger.head()
    whole = await BookFold(furnished.reader, BookBasis.ACCRUAL).read(head)
    fold, reach, asked = BookFold(furnished.reader, BookBasis.ACCRUAL), JudgedStreams.reach, list[int]()

    async def cut_off(streams: JudgedStreams, *arguments: Any) -> None:
        asked.append(len(asked) + 1)
        if asked[-1] in {1, 3}:  # partnerships; then partnerships again, and funds
            raise LedgerUnavailable("the database went away")
        await reach(streams, *arguments)

    monkeypatch.setattr(JudgedStreams, "reach", cut_off)
    for _ in range(2):
        with pytest.raises(LedgerUnavailable):
            await fold.read(head)
        assert (fold.entries, fold.position) == ([], 0)
    assert await fold.read(head) == whole
    assert len(asked) == 5


async def test_a_partnership_with_an_event_that_nobody_can_read_waits_and_comes_in_once_it_is_set_aside(
    furnished: Desk,
) -> None:
    books, gift = Books(furnished.reader), StreamId.partnership(GIFT)
    await paying.expecting(furnished, GIFT)
    position = await append(furnished, gift, NewEvent.of("FundsReceived", 1, {"at": "never"}, {}))
    await append(furnished, gift, came("30.00", "NTRF-2"))
    view = await books.read(clock.today())
    assert (view.missing, len(of_gift(view.book.entries))) == ((gift,), 1)
    [bad] = [event for event in await furnished.ledger.read_stream(gift) if event.position == position]
    await decree(furnished, EventSetAside(position=position, leaf=bad.leaf.hex()))
    later = await books.read(clock.today())
    assert later.missing == ()
    assert list(later.book.entries) == list(await entries(furnished))
    late = of_gift(later.book.entries)[-1]
    assert late.origin.position > position + 1, "it stands where it became known"


@pytest.mark.slow
async def test_what_a_booking_cost_beyond_its_sum_is_read_from_the_exception(furnished: Desk, tmp_path: Path) -> None:
    """Given a booking of 625 for a payment of 600 that two people resolved, then 25 are bank charges."""
    scribe = await paying.agreed_grant(furnished)
    await paying.release(scribe)
    await handed_over(furnished, tmp_path / "out")
    books = Books(furnished.reader)
    await books.read(clock.today())
    name = await raised(scribe, charged(scribe))
    for actor in (FINANCE, DIRECTOR):
        await says(scribe, name, actor, FIRST, WITH_CHARGES)
    for reading in (books, Books(furnished.reader)):
        view = await reading.read(clock.today())
        assert all(not uneven_sums(entry.postings) for entry in view.book.entries)
        lines = {line.account: line for line in trial_balance(view.book, clock.today())}
        assert (str(lines[Account.BANK_CHARGES].debit), str(lines[Account.BANK].credit)) == ("25.00", "625.00")
