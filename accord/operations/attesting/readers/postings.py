"""The second reader: the postings of the double-entry book on bank accounts."""

from __future__ import annotations

from datetime import date

from domain.attestation.readings import MoneySide, NotKnown, Posted, PostingsReading
from domain.directory.chart import Account
from records.books.reading import Books


async def read_postings(books: Books, day: date, upto: int) -> PostingsReading:
    """Return the book's postings on bank accounts up to a day and a position.

    An entry counts on its own day, also where its period was closed by then.
    """
    view = await books.read(day, upto)
    postings = tuple(
        Posted(posting.place.funder, posting.place.currency, entry.on, posting.amount.value, entry.partnership)
        for entry in view.book.entries
        for posting in entry.postings
        if posting.place.account is Account.BANK and entry.on <= day
    )
    return PostingsReading(postings, tuple(_waits(stream) for stream in view.missing))


def _waits(stream: str) -> NotKnown:
    return NotKnown(MoneySide.POSTINGS, f"{stream} holds an event that nobody can read: the book waits for a judgement")
