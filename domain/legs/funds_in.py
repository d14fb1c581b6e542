"""Money in: a gift of a donor to the funder, or a sponsorship payment."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.grants import (
    InKind,
    Instalment,
    Restriction,
)
from domain.parties import Name, Party
from domain.values import (
    FunderId,
    FundId,
    Money,
    ReadAs,
    Sentence,
    Since,
    Value,
    is_empty,
    is_none,
)


class GiftKind(StrEnum):
    """The kind of a donor's payment."""

    GIFT = "GIFT"
    SPONSORSHIP = "SPONSORSHIP"
    """A payment by a person in business, acknowledged by name and logo (IRC 513(i))."""


class FundsIn(Value):
    """Money from a donor to the funder (rules 2.11)."""

    funder: FunderId
    donor: Party
    money: Money
    restricted_to: Sentence | None = Field(default=None, description="The purpose the donor earmarks it for, if any")
    restriction: Annotated[Restriction | None, Since("2026.4")] = Field(
        default=None, description="The same in parts that can be compared", exclude_if=is_none
    )
    into: Annotated[FundId | None, Since("2026.4")] = Field(
        default=None, description="Without a restriction: the fund that it goes to", exclude_if=is_none
    )
    in_kind: Annotated[InKind | None, Since("2026.4")] = Field(
        default=None, description="For goods or services: what is given, and how it was valued", exclude_if=is_none
    )
    schedule: Annotated[tuple[Instalment, ...], Since("2026.4"), Field(max_length=60)] = Field(
        default=(), description="A pledge's instalments, each with its day", exclude_if=is_empty
    )
    influences_priorities: Annotated[bool | None, ReadAs("2026.5", False)] = Field(
        default=None,
        description="Whether the gift depends on a policy position, a priority or a choice of vendor",
        exclude_if=is_none,
    )
    conduit_to: Name | None = Field(default=None, description="A third party that the donor says must get the money")
    names_receiver: Annotated[bool | None, Since("2026.5")] = Field(
        default=None, description="Whether the donor says who must get the money", exclude_if=is_none
    )
    gets_in_return: Annotated[bool | None, Since("2026.5")] = Field(
        default=None, description="Whether the donor gets goods, services or a benefit in return", exclude_if=is_none
    )
    kind: Annotated[GiftKind, Since("2026.2")] = Field(
        default=GiftKind.GIFT, description="A gift, or a sponsorship payment by a business"
    )
    benefit: Annotated[Money | None, Since("2026.2")] = Field(
        default=None, description="Fair value of what the donor gets in return, in the gift's currency"
    )
    advertising: Annotated[bool | None, Since("2026.2"), ReadAs("2026.5", False)] = Field(
        default=None,
        description="Whether the return is advertising or an exclusive deal, not acknowledgement",
        exclude_if=is_none,
    )
    contingent: Annotated[bool | None, Since("2026.2"), ReadAs("2026.5", False)] = Field(
        default=None, description="Whether the amount depends on attendance or ratings", exclude_if=is_none
    )

    @property
    def is_restricted(self) -> bool:
        """True if the donor says what it is for, in words or in parts."""
        return self.restricted_to is not None or self.restriction is not None

    @model_validator(mode="after")
    def _goes_to_one_fund(self) -> Self:
        if self.into is not None and (self.is_restricted or self.in_kind is not None):
            raise ValueError("into: a restricted gift has a fund of its own, and goods go to none; leave it out")
        return self

    @model_validator(mode="after")
    def _instalments_are_the_gift(self) -> Self:
        if self.schedule and self.in_kind is not None:
            raise ValueError("schedule: a gift in kind comes in no instalments of money; leave it out")
        if self.schedule and sum(instalment.amount for instalment in self.schedule) != self.money.amount:
            whole = sum(instalment.amount for instalment in self.schedule)
            raise ValueError(f"schedule: the instalments are {whole:,} together, and the gift is {self.money}")
        days = [instalment.due_on for instalment in self.schedule]
        if days != sorted(days):
            raise ValueError("schedule: give the instalments in the order of their days")
        return self

    @model_validator(mode="after")
    def _answers_agree(self) -> Self:
        if self.names_receiver is False and self.conduit_to is not None:
            raise ValueError("names_receiver: it says no, and `conduit_to` names one; leave out which is wrong")
        if self.gets_in_return is False and self.benefit is not None:
            raise ValueError("gets_in_return: it says no, and `benefit` has a value; leave out which is wrong")
        return self

    @model_validator(mode="after")
    def _benefit_is_in_the_same_currency(self) -> Self:
        if self.benefit is not None and self.benefit.currency != self.money.currency:
            raise ValueError(f"value what the donor gets in return in {self.money.currency}, as the gift itself")
        return self
