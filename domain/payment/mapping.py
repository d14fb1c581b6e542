"""How a bank's own CSV is read as statements of account: a mapping of its columns, which two people of finance sign."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated, ClassVar, Final, Literal, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from domain.canonical_json import canonical_json
from domain.directory.tiers import Role
from domain.payment.counter import IMPORTERS, CounterAct
from domain.values import Currency, OneLine, Printable, Value, is_none

DATE_FORMS: Final = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYYMMDD": "%Y%m%d",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "DD-MM-YYYY": "%d-%m-%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
}
"""The forms of a date, each with its code. A year of two digits is in none: nobody knows its century."""

Heading = Annotated[str, StringConstraints(min_length=1, max_length=70), Printable, OneLine]
"""The heading of a column, as it stands in the file."""


class Columns(Value):
    """The columns of a bank's CSV by their headings."""

    booked_on: Heading
    amount: Heading | None = Field(default=None, exclude_if=is_none)
    """The sum of a row, negative for a debit unless `direction` says the way."""
    debit: Heading | None = Field(default=None, exclude_if=is_none)
    credit: Heading | None = Field(default=None, exclude_if=is_none)
    direction: Heading | None = Field(default=None, exclude_if=is_none)
    balance: Heading
    """The balance after the row."""
    currency: Heading | None = Field(default=None, exclude_if=is_none)
    value_on: Heading | None = Field(default=None, exclude_if=is_none)
    reference: Heading | None = Field(default=None, exclude_if=is_none)
    text: Heading | None = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _one_way_to_a_sum(self) -> Self:
        has_two = self.debit is not None and self.credit is not None
        if (self.amount is None) != has_two or (self.amount is not None and (self.debit or self.credit)):
            raise ValueError("give either `amount`, or both `debit` and `credit`")
        if self.direction is not None and self.amount is None:
            raise ValueError("`direction` says the way of an `amount`; give that column too")
        headings = [heading for heading in self.headings if heading]
        if len(headings) > len(set(headings)):
            raise ValueError("two columns have one heading")
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that a file must have."""
        return tuple(self.model_dump(exclude_none=True).values())


class StatementMapping(Value):
    """The form of a bank's CSV, and what its columns hold."""

    columns: Columns
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", "'", " "] = ""
    """The sign between thousands, or '' where the bank writes none."""
    dates: Literal["YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "MM/DD/YYYY"] = "YYYY-MM-DD"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    first_lines: Annotated[int, Field(ge=0, le=50)] = 0
    """The lines before the headings."""
    last_rows: Annotated[int, Field(ge=0, le=5)] = 0
    """The rows at the end that are no bookings, such as a total."""
    currency: Currency | None = Field(default=None, exclude_if=is_none)
    """The currency of every row, where no column says it."""
    debit_words: tuple[Heading, ...] = ()
    """What `direction` says of a debit, such as D. Every other word must be in `credit_words`."""
    credit_words: tuple[Heading, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.currency is None) == (self.columns.currency is None):
            raise ValueError("give either the `currency` of every row, or the column that says it")
        if self.thousands == self.decimal:
            raise ValueError("`thousands` and `decimal` are one sign")
        if self.columns.direction is not None and not (self.debit_words and self.credit_words):
            raise ValueError("`direction` needs its `debit_words` and its `credit_words`")
        if set(self.debit_words) & set(self.credit_words):
            raise ValueError("a word says both a debit and a credit")
        return self

    @property
    def sha256(self) -> str:
        """The digest by which people and statements name the mapping."""
        return hashlib.sha256(canonical_json(self.model_dump(mode="json"))).hexdigest()


class MappingSigned(CounterAct):
    """Somebody of finance signed the mapping of an account's CSV. Two who signed the same one let it stand."""

    event_type: Literal["MappingSigned"] = "MappingSigned"
    act: ClassVar[str] = "sign_mapping"
    roles: ClassVar[frozenset[Role]] = IMPORTERS
    mapping: StatementMapping


class Mappings(NamedTuple):
    """The mappings of an account."""

    standing: StatementMapping | None = None
    """The one that stands: the last that two people signed."""
    signers: tuple[str, ...] = ()
    """Who signed it."""
    waiting: tuple[tuple[StatementMapping, str], ...] = ()
    """Those that one person signed since, each with that person."""
    former: tuple[StatementMapping, ...] = ()
    """Those that stood before it."""

    def ever_stood(self, sha256: str) -> StatementMapping | None:
        """Return the mapping of a digest that stands or stood, or None."""
        mappings = (*self.former, *([self.standing] if self.standing else ()))
        return next((mapping for mapping in mappings if mapping.sha256 == sha256), None)


def mappings_of(events: Iterable[MappingSigned]) -> Mappings:
    """Return the mappings of an account after its events that count, in their order.

    Once one stands, what others signed before counts no more: it takes two again to return to an earlier one.
    """
    state = Mappings()
    for event in events:
        state = _signed(state, event)
    return state


def _signed(state: Mappings, event: MappingSigned) -> Mappings:
    mapping, actor = event.mapping, event.actor
    first = next((signer for waiting, signer in state.waiting if waiting == mapping), None)
    if mapping == state.standing or first == actor:
        return state
    if first is None:
        return state._replace(waiting=(*state.waiting, (mapping, actor)))
    former = (*state.former, *([state.standing] if state.standing else ()))
    return Mappings(mapping, (first, actor), (), former)
