"""The order to pay a released tranche, and what the payment relies on."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from domain.money.rails import USUAL, PaymentRail
from domain.parties import AccountReference, Funder, Party
from domain.screening.sources import RegisterVersion
from domain.values import Moment, Money, PartnershipId, Sha256, Value, is_none


class PaidFor(Value):
    """The subject of a payment, as its partnership stood when it was released. No instruction is made from it."""

    title: str
    of: int
    """The number of payments that the partnership plans."""
    funds: tuple[str, ...]


class TrancheOrder(Value):
    """The order to pay a released tranche: everything that its instruction is made from."""

    partnership_id: PartnershipId
    tranche: int
    attempt: int
    payment_id: UUID
    money: Money
    funder: Funder
    payee: Party
    account: AccountReference
    released_by: str
    released_at: Moment
    purpose: str
    rail: PaymentRail | None = Field(default=None, exclude_if=is_none)
    """The rail if it is not the usual one, for good: by the organisation's table when the order was made."""
    execute_on: date | None = Field(default=None, exclude_if=is_none)
    """The banking day on which the bank is to pay, if it is not the day of the release."""

    @property
    def leaves_by(self) -> PaymentRail:
        """The rail by which it leaves."""
        return self.rail or USUAL

    @property
    def execution_on(self) -> date:
        """The day on which the bank is to pay."""
        return self.execute_on or self.released_at.date()


class ReliedOn(Value):
    """The register versions that a payment relied on when it was instructed (Rev. Proc. 2018-32)."""

    versions: tuple[RegisterVersion, ...]
    assessment_sha256: Sha256
    """The digest of the facts that the rule book was applied to."""
    rule_book: str
