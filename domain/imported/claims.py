"""A partnership of before Accord, as the organisation's own books claim it. Nothing of it was checked here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.grants import ObjectiveCode
from domain.legs.direction import Direction
from domain.parties import Name, PartyKind, PartyNumber
from domain.plans import Period, TrancheNumber
from domain.signatures.signing import content_digest
from domain.values import Country, Ein, FunderId, Money, OneLine, Printable, Sentence, Value, is_empty, is_none

SourceKey = Annotated[str, StringConstraints(min_length=1, max_length=80), Printable, OneLine]
"""The name of a partnership in the system of before: its number there, which is never used twice."""

Year = Annotated[int, Field(ge=1900, le=2200)]


class ClaimedStage(StrEnum):
    """The claimed state of a partnership of before. One that is still under consideration is proposed instead."""

    IN_FORCE = "IN_FORCE"
    """It is agreed, and work, payments or reports are open."""
    ENDED = "ENDED"
    """Nothing of it is open."""


class PastSum(Value):
    """Money that was paid, or came back, before Accord: its day, or its year alone, or neither if nobody knows."""

    money: Money
    on: date | None = Field(default=None, exclude_if=is_none)
    year: Year | None = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _has_one_time(self) -> Self:
        if self.on is not None and self.year is not None:
            raise ValueError("give its day or its year, and not both")
        return self

    @property
    def counts_in(self) -> int | None:
        """The calendar year in which it counts, or None if nobody knows."""
        return self.on.year if self.on else self.year


class ClaimedTranche(Value):
    """Money that was promised before Accord and is not paid. Nothing is paid of it before a fresh look."""

    number: TrancheNumber
    money: Money
    due_on: date | None = Field(default=None, exclude_if=is_none)


class ClaimedParty(Value):
    """A partner as the books of before name it. Bank details are never among its facts."""

    name: Name
    country: Country
    kind: PartyKind | None = Field(default=None, exclude_if=is_none)
    ein: Ein | None = Field(default=None, exclude_if=is_none)
    number: PartyNumber | None = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _is_an_organisation(self) -> Self:
        if self.kind is PartyKind.INDIVIDUAL:
            raise ValueError("kind: names of people are sealed, and a table's are not; propose it instead")
        return self


class ImportedPartnership(Value):
    """A partnership of before Accord: claimed by whoever brings it in, with the names of the facts not known."""

    key: SourceKey
    title: Annotated[str, StringConstraints(min_length=5, max_length=120), Printable, OneLine]
    partner: ClaimedParty
    direction: Direction
    funder: FunderId
    stage: ClaimedStage
    agreed: Money | None = Field(default=None, exclude_if=is_none, description="The sum that was agreed")
    purpose: Sentence | None = Field(default=None, exclude_if=is_none)
    objective: ObjectiveCode | None = Field(default=None, exclude_if=is_none)
    approved_on: date | None = Field(default=None, exclude_if=is_none)
    agreed_on: date | None = Field(default=None, exclude_if=is_none)
    period: Period | None = Field(default=None, exclude_if=is_none)
    report_due: date | None = Field(default=None, exclude_if=is_none, description="When the next report is due")
    paid: tuple[PastSum, ...] = Field(default=(), exclude_if=is_empty)
    returned: tuple[PastSum, ...] = Field(default=(), exclude_if=is_empty)
    tranches: tuple[ClaimedTranche, ...] = Field(default=(), exclude_if=is_empty, description="Not paid")
    unknown: tuple[str, ...] = Field(default=(), exclude_if=is_empty, description="Fields that nobody knows")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        sums = [part.money for part in (*self.paid, *self.returned)] + [part.money for part in self.tranches]
        if self.direction is Direction.NON_MONETARY:
            if self.agreed is not None or sums:
                raise ValueError("agreed: no money moves in a partnership without money; leave its sums out")
            return self
        if self.agreed is None:
            raise ValueError("agreed: it is empty or zero; give the sum that was agreed")
        if other := next((money for money in sums if money.currency != self.agreed.currency), None):
            raise ValueError(f"agreed: it is in {self.agreed.currency}, and {other} is not; give one currency")
        self._require_bounds(self.agreed)
        return self

    def _require_bounds(self, agreed: Money) -> None:
        kept, waiting = self.kept, total(part.money for part in self.tranches)
        if kept < 0:
            raise ValueError(f"returned: more came back than the {total_of(self.paid)} that was paid; mend one of them")
        if kept + waiting > agreed.amount:
            words = f"{kept} that was paid and stayed, with {waiting} not paid, is more than the {agreed.amount} agreed"
            raise ValueError(f"paid: {words}; mend the sums, or give the agreed sum after its amendments")
        if self.stage is ClaimedStage.ENDED and self.tranches:
            raise ValueError(f"stage: it has ended, and {waiting} is not paid; say that it is in force, or mend one")

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.approved_on and self.agreed_on and self.agreed_on < self.approved_on:
            raise ValueError(
                f"agreed_on: {self.agreed_on} is before the approval on {self.approved_on}; mend one of them"
            )
        return self

    @property
    def kept(self) -> Decimal:
        """The sum that was paid and did not come back, in the currency of the agreed sum."""
        return total_of(self.paid) - total_of(self.returned)

    @property
    def sha256(self) -> str:
        """The digest of the content. It names no row and no file, so the same content elsewhere has the same digest."""
        return content_digest(self.model_dump(mode="json"))


def total_of(parts: Iterable[PastSum]) -> Decimal:
    """Return the sum of past payments or returns of one currency."""
    return total(part.money for part in parts)


def total(sums: Iterable[Money]) -> Decimal:
    """Return the sum of amounts of one currency."""
    return sum((money.amount for money in sums), Decimal(0))
