"""The events of refunds."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.partnership.acts import StaffEvent
from domain.partnership.refund.refunds import RefundDirection
from domain.values import Money, Sha256, is_empty, is_none


class RefundRecorded(StaffEvent):
    """The grantee paid money back, or money was paid back to a donor."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["RefundRecorded"] = "RefundRecorded"
    direction: RefundDirection
    money: Money
    booked_on: date
    bank_reference: str
    detail: str = Field(default="", exclude_if=is_empty)
    account: str | None = Field(default=None, exclude_if=is_none)
    booked: Money | None = Field(default=None, exclude_if=is_none)
    """The sum that the bank booked, where it exchanged it."""
    reason: str
    document_sha256: Sha256 | None


class RefundConfirmed(StaffEvent):
    """Another person looked at the bank's booking of a refund, and found it as it was recorded."""

    event_type: Literal["RefundConfirmed"] = "RefundConfirmed"
    bank_reference: str
    detail: str = Field(default="", exclude_if=is_empty)
    reason: str


class RefundWithdrawn(StaffEvent):
    """A refund that nobody had confirmed was taken back: it was recorded by mistake."""

    event_type: Literal["RefundWithdrawn"] = "RefundWithdrawn"
    bank_reference: str
    detail: str = Field(default="", exclude_if=is_empty)
    reason: str


RefundEvent = RefundRecorded | RefundConfirmed | RefundWithdrawn
