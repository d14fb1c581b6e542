"""The mapping of an organisation's own columns, which is signed with the plan that it led to."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.imported.claims import SourceKey, Year
from domain.values import OneLine, PartnershipId, Printable, Sentence, Value, is_empty, is_false, is_none

ColumnHeading = Annotated[str, StringConstraints(min_length=1, max_length=120), Printable, OneLine]
"""The heading of a column, as it stands in the table, without spaces around it."""

Written = Annotated[str, StringConstraints(min_length=1, max_length=2000), Printable]
"""A text as it stands in a cell, or that stands for every cell."""

FieldName = Literal[
    "key", "title", "partner", "country", "partner_kind", "ein", "register", "number", "direction", "funder", "stage",
    "agreed", "currency", "purpose", "objective", "approved_on", "agreed_on", "starts", "ends", "report_due",
]  # fmt: skip
"""A fact of a partnership that a column or a constant gives."""

REQUIRED: tuple[FieldName, ...] = ("key", "title", "partner", "country", "direction", "funder", "stage")
"""The facts without which no row can be brought in."""


class FieldSource(Value):
    """The source of a fact: a column, or one text for every row."""

    column: ColumnHeading | None = Field(default=None, exclude_if=is_none)
    constant: Written | None = Field(default=None, exclude_if=is_none)
    values: dict[Written, Written] = Field(
        default={}, exclude_if=is_empty, description="The words of the column, and what each means here"
    )
    pad: bool = Field(
        default=False, exclude_if=is_false, description="Of an EIN that is a number: put its leading zeros back"
    )

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either a column or a constant")
        if self.constant is not None and (self.values or self.pad):
            raise ValueError("`values` and `pad` are about a column; write the constant as it is meant")
        return self


class SumSource(Value):
    """The source of a sum of money: a column, with the column of its day, or with its year."""

    amount: ColumnHeading
    on: ColumnHeading | None = Field(default=None, exclude_if=is_none)
    year: Year | None = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _has_one_time(self) -> Self:
        if self.on is not None and self.year is not None:
            raise ValueError("give the column of its day, or its year, and not both")
        return self


class ImportMapping(Value):
    """The form of a table of partnerships, and what each of its columns holds."""

    source: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")] = Field(
        description="The system of before, such as grants-database. With a row's key it names a partnership for good"
    )
    sheet: Annotated[str, StringConstraints(max_length=120)] | None = Field(default=None, exclude_if=is_none)
    headings_in: Annotated[int, Field(ge=1, le=50)] = 1
    """The row that holds the headings. What stands above it is not read."""
    rows: Literal["PARTNERSHIPS", "PAYMENTS"] = "PARTNERSHIPS"
    """A row is a partnership, or a payment of one: rows with one key are then one partnership."""
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "cp1252"] | None = Field(default=None, exclude_if=is_none)
    """Of a CSV. Without one it must be UTF-8."""
    dates: Literal["YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "MM/DD/YYYY"] = "YYYY-MM-DD"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", "'", " "] = ""
    unknown: tuple[Written, ...] = ()
    """Texts that say that nobody knows, such as n/a. An empty cell says so too."""
    first_reference: PartnershipId = Field(description="The reference of the first new row; the next follow from it")
    fields: dict[FieldName, FieldSource]
    answers: dict[SourceKey, Sentence] = Field(default={}, exclude_if=is_empty)
    """By key: what a person says of what was asked about a row. It is signed, and stays with its record."""
    payments: tuple[SumSource, ...] = Field(default=(), max_length=60)
    returns: tuple[SumSource, ...] = Field(default=(), max_length=60)
    tranches: tuple[SumSource, ...] = Field(default=(), max_length=60)
    """Sums that are not paid, with the day on which each is due."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if missing := [name for name in REQUIRED if name not in self.fields]:
            raise ValueError(f"fields: {', '.join(missing)} missing; say which column or constant gives it")
        if self.thousands == self.decimal:
            raise ValueError("`thousands` and `decimal` are one sign")
        if ("agreed" in self.fields) != ("currency" in self.fields):
            raise ValueError("fields: give `agreed` and `currency` together, or neither where no money moves")
        if ("register" in self.fields) != ("number" in self.fields):
            raise ValueError("fields: give `register` (org-id.guide's list code) and `number` together")
        if self.fields["key"].column is None:
            raise ValueError("fields.key: it must be a column; a constant would name one partnership alone")
        if padded := [name for name, source in self.fields.items() if source.pad and name != "ein"]:
            raise ValueError(f"fields.{padded[0]}: `pad` is for an EIN alone")
        return self

    @model_validator(mode="after")
    def _tells_payments_by_row(self) -> Self:
        if self.rows == "PAYMENTS" and len(self.payments) != 1:
            raise ValueError("payments: where a row is a payment, give the one column of its sum")
        return self

    @property
    def half_period(self) -> FieldName | None:
        """The day of a period whose other day nothing gives, so that it is read and not kept.

        No mapping with one is taken any more. Those that were signed are as they were.
        """
        days: tuple[FieldName, ...] = ("starts", "ends")
        given = [name for name in days if name in self.fields]
        return given[0] if len(given) == 1 else None

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that the table must have, each once."""
        sums = (*self.payments, *self.returns, *self.tranches)
        columns = [source.column for source in self.fields.values()]
        columns += [heading for source in sums for heading in (source.amount, source.on)]
        return tuple(dict.fromkeys(heading for heading in columns if heading is not None))
