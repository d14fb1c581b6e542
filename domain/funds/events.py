"""The events of a fund: it opens, gets money, and partnerships take their parts of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from domain.directory.tiers import Role
from domain.grants import Programme
from domain.payment.counter import CounterAct
from domain.values import (
    Currency,
    ExactDecimal,
    FunderId,
    FundId,
    Moment,
    OneLine,
    PartnershipId,
    PositiveAmount,
    Printable,
    Sentence,
    Value,
    is_none,
)

Sum = PositiveAmount
"""A sum in the fund's currency."""

FundName = Annotated[str, StringConstraints(min_length=3, max_length=100), Printable, OneLine]

MAY_ASK: Final = frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR})
"""The roles that open a fund, and ask for a change of its money."""

MAY_CONFIRM: Final = frozenset({Role.DIRECTOR})
"""The role that confirms a change which another person asked for."""


class FundKind(StrEnum):
    """A kind of fund."""

    UNRESTRICTED = "UNRESTRICTED"
    """Money that may be spent on anything within the mission."""
    RESTRICTED = "RESTRICTED"
    """One gift, to be spent as its donor said (R15)."""
    PROGRAMME = "PROGRAMME"
    """A programme's budget for a period."""


class FundOpened(CounterAct):
    """Somebody opened a fund. It holds no money yet."""

    event_type: Literal["FundOpened"] = "FundOpened"
    act: ClassVar[str] = "open_fund"
    roles: ClassVar[frozenset[Role]] = MAY_ASK
    fund_kind: Literal[FundKind.UNRESTRICTED, FundKind.PROGRAMME]
    name: FundName
    funder: FunderId
    currency: Currency
    first_day: date
    last_day: date
    programme: Programme | None = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError(f"last_day: {self.last_day} is before the first day, {self.first_day}")
        if (self.fund_kind is FundKind.PROGRAMME) != (self.programme is not None):
            raise ValueError("programme: a PROGRAMME fund names its programme, and no other fund does")
        return self


class FundEvent(Value):
    """The fields of an event that follows from elsewhere: the bank's word, or a decision in a partnership."""

    schema_version: ClassVar[int] = 1
    at: Moment


class GiftFundOpened(FundEvent):
    """A restricted gift was agreed, and has a fund of its own."""

    event_type: Literal["GiftFundOpened"] = "GiftFundOpened"
    gift: PartnershipId
    funder: FunderId
    currency: Currency


class _OfPartnership(FundEvent):
    partnership: PartnershipId
    amount: Sum


class GiftReceived(_OfPartnership):
    """Money of a gift came in."""

    event_type: Literal["GiftReceived"] = "GiftReceived"


class GiftReversed(_OfPartnership):
    """Money of a gift went back: the bank took it back, or it was refunded."""

    event_type: Literal["GiftReversed"] = "GiftReversed"


class FundsReserved(_OfPartnership):
    """A complete quorum approved a partnership, and this part of the fund is kept for it until it is agreed."""

    event_type: Literal["FundsReserved"] = "FundsReserved"
    until: Moment | None = Field(default=None, exclude_if=is_none)
    """The time at which the reservation lapses, or None while it does not."""


class ReservationMoved(FundEvent):
    """The time at which a reservation lapses moved. None suspends it, as a hold does."""

    event_type: Literal["ReservationMoved"] = "ReservationMoved"
    partnership: PartnershipId
    until: Moment | None = Field(default=None, exclude_if=is_none)


class FundsCommitted(_OfPartnership):
    """Reserved money is owed under a signed agreement."""

    event_type: Literal["FundsCommitted"] = "FundsCommitted"


class FundsSpent(_OfPartnership):
    """Committed money was paid, by the bank's word."""

    event_type: Literal["FundsSpent"] = "FundsSpent"


class PaymentCameBack(_OfPartnership):
    """A payment came back, and is committed as before."""

    event_type: Literal["PaymentCameBack"] = "PaymentCameBack"


class FundsFreed(FundEvent):
    """Money kept for a partnership is available again: it ended, shrank, or paid something back."""

    event_type: Literal["FundsFreed"] = "FundsFreed"
    partnership: PartnershipId
    reserved: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    committed: Annotated[Decimal, Field(ge=0)] = Decimal(0)


class MoneyMovedIn(FundEvent):
    """Money came from another fund, by a transfer that two people signed there."""

    event_type: Literal["MoneyMovedIn"] = "MoneyMovedIn"
    from_fund: FundId
    amount: Sum
    change_id: UUID


class OpeningBalance(Value):
    """The balance of the fund when it came to Accord."""

    kind: Literal["opening_balance"] = "opening_balance"
    amount: Sum


class Budget(Value):
    """The fund's whole budget. It takes the place of an earlier one."""

    kind: Literal["budget"] = "budget"
    amount: Annotated[ExactDecimal, Field(ge=0, max_digits=18)]


class Transfer(Value):
    """Money to another fund."""

    kind: Literal["transfer"] = "transfer"
    to: FundId
    amount: Sum


class Overdraft(Value):
    """The fund's limit below zero. It takes the place of an earlier overdraft."""

    kind: Literal["overdraft"] = "overdraft"
    amount: Annotated[ExactDecimal, Field(ge=0, max_digits=18)]


class Closing(Value):
    """The end of the fund: nothing is reserved of it any more."""

    kind: Literal["closing"] = "closing"


class Adoption(Value):
    """Partnerships approved before the fund was kept here: the fund pays what is left of them."""

    kind: Literal["adoption"] = "adoption"
    partnerships: Annotated[tuple[PartnershipId, ...], Field(min_length=1, max_length=500)]


Change = Annotated[OpeningBalance | Budget | Transfer | Overdraft | Closing | Adoption, Field(discriminator="kind")]
"""A change of a fund's money that two people sign."""


class FundChangeAsked(CounterAct):
    """Somebody asked for a change of the fund's money. It is in force once another person confirmed it."""

    event_type: Literal["FundChangeAsked"] = "FundChangeAsked"
    act: ClassVar[str] = "ask_fund_change"
    roles: ClassVar[frozenset[Role]] = MAY_ASK
    change: Change
    reason: Sentence


class FundChangeConfirmed(CounterAct):
    """Another person confirmed a change, which is in force now."""

    event_type: Literal["FundChangeConfirmed"] = "FundChangeConfirmed"
    act: ClassVar[str] = "confirm_fund_change"
    roles: ClassVar[frozenset[Role]] = MAY_CONFIRM
    change_id: UUID
    """The command id under which it was asked for."""


SignedFundEvent = FundOpened | FundChangeAsked | FundChangeConfirmed

Movement = (
    GiftReceived
    | GiftReversed
    | FundsReserved
    | ReservationMoved
    | FundsCommitted
    | FundsSpent
    | PaymentCameBack
    | FundsFreed
)
"""The consequence in a fund of an event of a partnership, recorded together with that."""

AnyFundEvent = SignedFundEvent | GiftFundOpened | Movement | MoneyMovedIn
