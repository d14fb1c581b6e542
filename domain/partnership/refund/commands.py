"""The commands on refunds."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from domain.partnership.acts import StaffCommand
from domain.partnership.refund.refunds import BankReference, BookingDetail, RefundDirection
from domain.values import Money, Sentence, Sha256, is_empty, is_none


class RecordRefund(StaffCommand):
    """Record money that the grantee paid back, or that was paid back to a donor, by its booking at the bank."""

    kind: Literal["refund"] = "refund"
    direction: RefundDirection
    money: Money
    booked_on: date
    bank_reference: BankReference
    detail: BookingDetail = Field(default="", exclude_if=is_empty)
    """The name of one payment in a booking of several, or '' where the booking is one payment."""
    account: BankReference | None = Field(default=None, exclude_if=is_none)
    """The account of ours that it is booked on, where another has a booking with the same reference."""
    reason: Sentence
    document_sha256: Sha256 | None = None


class ConfirmRefund(StaffCommand):
    """Confirm a refund that another person recorded, by the bank's own booking: then it counts in the funds (R15)."""

    kind: Literal["confirm_refund"] = "confirm_refund"
    bank_reference: BankReference
    detail: BookingDetail = Field(default="", exclude_if=is_empty)
    reason: Sentence


class WithdrawRefund(StaffCommand):
    """Take back a refund that nobody confirmed: it counts for nothing, and its booking may count otherwise (R42)."""

    kind: Literal["withdraw_refund"] = "withdraw_refund"
    bank_reference: BankReference
    detail: BookingDetail = Field(default="", exclude_if=is_empty)
    reason: Sentence


RefundRequest = RecordRefund | ConfirmRefund | WithdrawRefund
