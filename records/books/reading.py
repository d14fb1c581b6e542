"""The book as a process reads it: entries of its folds, closed periods, and the organisation's rules."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.books.events import BookEvent
from domain.books.periods import Closes
from domain.books.standing import BookAct, standing_closes
from domain.books.statements import Book
from domain.directory.chart import USUAL, BookBasis, BookRules
from domain.directory.directory import Directory, role_fault
from domain.recorded.event import RecordedEvent
from domain.streams import BOOKS_STREAM
from records.authorship import Reader
from records.books.folding import BookFold
from records.directory import is_doubted
from records.read_models.as_of import LedgerAsOf


class BookView(NamedTuple):
    """The book up to a position, with the organisation's rules for it."""

    book: Book
    rules: BookRules
    position: int
    on: date
    """The day that is asked for. Lists show what stands at its end."""
    missing: tuple[str, ...] = ()
    """The streams that the book goes on with only once people judged an event that nobody can read."""


class Books:
    """The books that one process reads, on either basis."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._folds: dict[BookBasis, BookFold] = {}

    async def closes(self, upto: int | None = None) -> Closes:
        """Return the closed periods, as far as they were closed up to a position. See `read_closes`."""
        return await read_closes(self._reader, upto)

    async def rules(self) -> BookRules:
        """Return the organisation's rules for the book."""
        return rules_of(await self._reader.registrar.directory())

    async def read(self, on: date, upto: int | None = None, rules: BookRules | None = None) -> BookView:
        """Return the book up to a position, or up to the newest event, by the organisation's rules or by others."""
        book_rules = rules or await self.rules()
        position = await self._reader.ledger.head() if upto is None else upto
        fold = self.fold(book_rules.basis)
        entries = await fold.read(position)
        return BookView(Book(entries, await self.closes(position)), book_rules, position, on, fold.missing)

    async def as_of(self, ledger_as_of: LedgerAsOf, today: date) -> BookView:
        """Return the book as of two times: as it stood at the end of the one's day, by what was known at the other."""
        limit = ledger_as_of.known_at
        upto = ledger_as_of.position if limit is None else await self._reader.ledger.position_at(limit)
        moment = ledger_as_of.true_at or limit
        return await self.read(moment.date() if moment is not None else today, upto)

    def fold(self, basis: BookBasis) -> BookFold:
        """Return the fold on a basis, which this process goes on with."""
        if basis not in self._folds:
            self._folds[basis] = BookFold(self._reader, basis)
        return self._folds[basis]


def rules_of(directory: Directory) -> BookRules:
    """Return the organisation's rules for the book by a directory, or the usual ones."""
    books = directory.rules.books if directory.rules is not None else None
    return books or USUAL


async def read_closes(reader: Reader, upto: int | None = None) -> Closes:
    """Return the closed periods, as far as they were closed up to a position, or up to now.

    What was signed without the role for it, or with a key that was in other hands by then, closes nothing. A period
    stays closed where a later close rests on it (see `domain.books.standing`).
    """
    events, times = await reader.read(BOOKS_STREAM), await reader.registrar.directories()
    today = reader.registrar.known
    by_position = {event.position: event for event in events if upto is None or event.position <= upto}
    acts = [
        BookAct(position, act.event)
        for position, act in by_position.items()
        if isinstance(act.event, BookEvent) and _is_allowed(act, act.event, times.at(position))
    ]

    def is_doubted_at(act: BookAct, at: int | None) -> bool:
        directory = today if at is None else times.at(at)
        return is_doubted(directory, act.event.signature, by_position[act.position])

    return standing_closes(acts, is_doubted_at)


def _is_allowed(record: RecordedEvent, event: BookEvent, directory: Directory) -> bool:
    """True if an act on a period was its signer's to take, by the directory of then."""
    on = (record.recorded_at or event.at).date()
    return role_fault(directory, event.actor, event.act.replace("_", " "), event.roles, on) is None
