"""Pages of a list: the lines that hold all that is asked, between two places, now or at the end of a day.

No model of the domain is needed: a line travels as it is kept (`ledger.projections.listing`). Once: `lists_as_of`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

import asyncpg

from domain.payment.account_numbers import masked
from ledger.projections.model import Line

PARTNERSHIPS_NAME: Final = "partnerships"
"""The projection that has the lists of partnerships, payments and obligations."""

IMPORTED_NAME: Final = "imported"
"""The projection that has lists of partnerships of before, as their books claim them."""

CLAIMS: Final = {"partnerships": "claims", "obligations": "claimed days"}
"""By a list of partnerships of here: the list like it of those of before. Whoever reads with SQL has them apart."""

BACK: Final = "BACK"
"""The status of a line of the payments that is no attempt to pay: money that came back of one that was paid."""

PAGE: Final = 50
"""Lines on a page."""

EVERY: Final = 2**31 - 1
"""Stands for every line."""

ORDERS: Final = ("by_title", "by_amount", "by_since")
"""The other orders of the list of partnerships: the cells that hold a line's place in each."""

MOST_LETTERS: Final = 100
"""Letters of a word by which a line is found."""

_WORDS_KEPT: Final = 16
"""Texts whose words are kept: a stream has the same from day to day."""

_PAGE_QUERY: Final = (
    "SELECT place, line FROM read_model.page($1, $2, $3::text::tsquery, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
)
_TOTALS_QUERY: Final = (
    "SELECT key, lines, amount::text "
    "FROM read_model.totals($1, $2, $3::text::tsquery, $4, $5, $6, $7, $8, $9, $10, $11, $12::text[]::int[], $13)"
)
_PARTIES_QUERY: Final = """
SELECT word FROM projection.words WHERE name = $1 AND word ^@ 'party:' AND word > $2 ORDER BY word LIMIT $3
"""
_STREAMS_QUERY: Final = """
SELECT DISTINCT l.stream_id FROM projection.lines l JOIN projection.checkpoints c USING (name, generation)
 WHERE l.name = $1 AND c.live AND l.list = 'partnerships' AND l.until IS NULL AND l.terms @@ $2::text::tsquery
"""
_SUMS_QUERY: Final = """
SELECT ARRAY[l.line ->> 'currency'], count(*), sum(l.amount)::text
  FROM projection.lines l JOIN projection.checkpoints c USING (name, generation)
 WHERE l.name = $1 AND c.live AND l.stream_id = ANY ($2) AND l.list = 'partnerships' AND l.until IS NULL GROUP BY 1
"""

_TITLES_QUERY: Final = """
SELECT l.line ->> 'partnership_id', l.line ->> 'title', l.line ->> 'partner'
  FROM projection.lines l JOIN projection.checkpoints c USING (name, generation)
 WHERE l.name = $1 AND c.live AND l.stream_id = ANY ($2) AND l.list = 'partnerships' AND l.until IS NULL
"""


@lru_cache(_WORDS_KEPT)
def words_of(*texts: str) -> tuple[str, ...]:
    """Return the words of texts, as a line is found by them."""
    return tuple(dict.fromkeys(word[:MOST_LETTERS] for text in texts for word in re.findall(r"\w+", text.casefold())))


def party_term(key: str) -> str:
    """Return the term by which a partnership is found by a party of it."""
    return f"party:{key}"[:MOST_LETTERS]


class Row(NamedTuple):
    """A line as it is read: its place in the list, and what it shows."""

    place: str
    shown: dict[str, Any]

    @classmethod
    def of(cls, place: str, cells: dict[str, Any]) -> Row:
        """Return a line for people: account numbers in a bank's words by their last digits."""
        told = {name: masked(cells[name]) for name in _TOLD if cells.get(name)}
        return cls(place, {**cells, **told})


_TOLD: Final = ("reason", "why", "next_step", "what")
"""The cells that may repeat a bank's words."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A question to a list: each group needs one of its terms. A term that ends with * is the beginning of one."""

    list: str
    terms: tuple[tuple[str, ...], ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    above: str | None = None
    """The place after which the page begins."""
    below: str | None = None
    newest: bool = False
    """True if the last place comes first."""
    order: str = ""
    """One of `ORDERS`, or '' for the order of the list itself."""
    projection: str = PARTNERSHIPS_NAME
    """The projection whose lines are asked for."""

    def after(self, place: str) -> ListQuery:
        """Return the question for the next page."""
        return replace(self, below=place) if self.newest else replace(self, above=place)

    def placed(self, line: Line) -> Line:
        """Return a line with its place in the order that is asked for."""
        return line._replace(place=line.shown.get(self.order, line.place))

    def fits(self, line: Line) -> bool:
        """True if a line is among those asked for: what the database's page says of the lines that it keeps."""
        amount = None if line.amount is None else Decimal(line.amount)
        bounds = (
            line.list == self.list,
            self.above is None or line.place > self.above,
            self.below is None or line.place < self.below,
            self.at_least is None or (amount is not None and amount >= self.at_least),
            self.at_most is None or (amount is not None and amount <= self.at_most),
        )
        return all(bounds) and all(any(_holds(line.terms, term) for term in group) for group in self.terms)


def _holds(terms: Iterable[str], wanted_term: str) -> bool:
    if wanted_term.endswith("*"):
        return any(term.startswith(wanted_term[:-1]) for term in terms)
    return wanted_term in terms


async def kept_page(
    pool: asyncpg.Pool, question: ListQuery, most: int = PAGE, day: date | None = None, without: tuple[str, ...] = ()
) -> list[Row]:
    """Return the first lines that are asked for, now or at the end of a day, but for those of some streams."""
    arguments = (*_wanted(question), day, without, question.newest, most, question.order)
    rows, cells_of = await pool.fetch(_PAGE_QUERY, *arguments), _json_reader()
    return [Row.of(row[0], cells_of(row[1])) for row in rows]


def _json_reader() -> Callable[[str], Any]:
    """Return the reader of JSON. The models' own is faster, and a shell that lists loads no models for it."""
    models = sys.modules.get("pydantic_core")
    return models.from_json if models is not None else json.loads


async def kept_lines(pool: asyncpg.Pool, question: ListQuery, most: int = EVERY) -> AsyncIterator[Row]:
    """Yield the lines that are asked for. They are read at once, so that none is missed that moves meanwhile."""
    for row in await kept_page(pool, question, most):
        yield row


class Total(NamedTuple):
    """The number of lines that have the same values of some fields, and the sum of their amounts."""

    key: tuple[str | None, ...]
    lines: int
    amount: Decimal | None


async def kept_totals(
    pool: asyncpg.Pool,
    question: ListQuery,
    fields: Mapping[str, int],
    day: date | None = None,
    without: tuple[str, ...] = (),
    most: int | None = None,
    among: int | None = None,
) -> list[Total]:
    """Return totals by fields, now or at the end of a day. `fields`: how many first letters of each count.

    `most`: return the largest alone, at most so many.
    `among`: count so many lines and no more, whichever they are; None for every line.
    """
    arguments = (*_wanted(question), day, without, list(fields), list(map(str, fields.values())), among)
    query = _TOTALS_QUERY if most is None else f"{_TOTALS_QUERY} t ORDER BY t.amount DESC NULLS LAST, key LIMIT $14"
    rows = await pool.fetch(query, *arguments, *([most] if most is not None else []))
    return [Total(tuple(row[0]), row[1], _sum(row[2])) for row in rows]


def currencies_query(projection: str) -> str:
    """Return the query for the currencies of all lines that are kept, and of some that were.

    `projection`: the parameter of the query that names it.
    """
    return (
        "SELECT substr(word, length('currency:') + 1) FROM projection.words "  # noqa: S608
        f"WHERE name = {projection} AND word ^@ 'currency:' ORDER BY 1"
    )


async def party_terms(pool: asyncpg.Pool, after: str, most: int = PAGE) -> list[str]:
    """Return the next terms of parties after one, in their order. Some may be of parties that are gone."""
    return [row[0] for row in await pool.fetch(_PARTIES_QUERY, PARTNERSHIPS_NAME, after, most)]


async def streams_with(pool: asyncpg.Pool, terms: Sequence[str]) -> list[str]:
    """Return the streams of the partnerships that are found by one of these terms."""
    if not terms:
        return []
    return [row[0] for row in await pool.fetch(_STREAMS_QUERY, PARTNERSHIPS_NAME, query_of([tuple(terms)]))]


async def kept_sums(pool: asyncpg.Pool, partnership_ids: Sequence[str]) -> list[Total]:
    """Return the number and the sum of some partnerships as they are now, by currency."""
    rows = await pool.fetch(_SUMS_QUERY, PARTNERSHIPS_NAME, _streams(partnership_ids))
    return [Total(tuple(row[0]), row[1], _sum(row[2])) for row in rows]


async def kept_titles(pool: asyncpg.Pool, partnership_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return title and partner of some partnerships as they are now, by their ids."""
    rows = await pool.fetch(_TITLES_QUERY, PARTNERSHIPS_NAME, _streams(partnership_ids))
    return {row[0]: (row[1], row[2]) for row in rows}


def _streams(partnership_ids: Sequence[str]) -> list[str]:
    return [f"partnership/{partnership_id}" for partnership_id in partnership_ids]


def _sum(text: str | None) -> Decimal | None:
    """Return a sum as the database writes it.

    asyncpg reads the number 30000 as 3E+4, which people would be shown.
    """
    return None if text is None else Decimal(text)


def _wanted(question: ListQuery) -> tuple[Any, ...]:
    """Return a question as the database's functions take it: terms, and beginnings of terms to spell out."""
    beginnings = [group[0][:-1] for group in question.terms if _is_beginning(group)]
    terms = query_of(group for group in question.terms if not _is_beginning(group))
    bounds = (question.at_least, question.at_most, question.above, question.below)
    return (question.projection, question.list, terms, beginnings, *bounds)


def _is_beginning(group: tuple[str, ...]) -> bool:
    return len(group) == 1 and group[0].endswith("*")


def query_of(terms: Iterable[tuple[str, ...]]) -> str | None:
    """Return terms as PostgreSQL's text search writes them, or None for no terms."""
    return " & ".join(f"({' | '.join(map(_quoted, group))})" for group in terms) or None


def _quoted(term: str) -> str:
    text, prefix = (term[:-1], ":*") if term.endswith("*") else (term, "")
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + f"'{prefix}"
