"""The commands on refunds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.partnership.acts import Among, Document, Reason, StaffCommand
from domain.partnership.choices import unconfirmed_refunds
from domain.partnership.refund.refunds import BankReference, BookingDetail, RefundDirection
from domain.values import Money, is_empty, is_none

RecordedReference = Annotated[
    BankReference,
    Field(title="Which refund", description="The bank's reference of the refund, as recorded."),
    Among(unconfirmed_refunds),
]
RecordedDetail = Annotated[
    BookingDetail, Field(title="Which payment of it", description="The refund's payment, as recorded, if it has one.")
]


class RecordRefund(StaffCommand):
    """Record money that the grantee paid back, or that left a gift again, also after the end.

    Another person confirms it.

    Money went back to a donor if it was paid back, or if the bank took it back. The gift of a blocked donor is not
    sent back, but moved into a blocked account (--to-blocked-account).
    """

    kind: Literal["refund"] = "refund"
    direction: Annotated[RefundDirection, Field(title="What came back")]
    money: Annotated[Money, Field(title="Sum", description="The sum that came back, such as 1250.00.")]
    booked_on: Annotated[date, Field(title="Booked on", description="The day of the bank's booking.")]
    bank_reference: Annotated[
        BankReference, Field(title="The bank's reference", description="The bank's own reference. It counts once.")
    ]
    detail: Annotated[
        BookingDetail,
        Field(title="Which payment of it", description="The payment of a booking of several. Empty for a single one."),
    ] = Field(default="", exclude_if=is_empty)
    account: Annotated[
        BankReference | None,
        Field(
            title="Our account",
            description="The account of ours that it is booked on, if two have a booking of that reference.",
        ),
    ] = Field(default=None, exclude_if=is_none)
    booked: Annotated[
        Money | None,
        Field(
            title="Sum on our account",
            description="The sum that the bank booked, if it exchanged it: in the currency of our account.",
        ),
    ] = Field(default=None, exclude_if=is_none)
    reason: Reason
    document_sha256: Document = None


class ConfirmRefund(StaffCommand):
    """Confirm a refund that another person recorded, by the bank's own booking: then it counts in the funds (R15)."""

    kind: Literal["confirm_refund"] = "confirm_refund"
    bank_reference: RecordedReference
    detail: RecordedDetail = Field(default="", exclude_if=is_empty)
    reason: Reason


class WithdrawRefund(StaffCommand):
    """Take back a refund that nobody confirmed: it counts for nothing, and its booking may count otherwise (R42)."""

    kind: Literal["withdraw_refund"] = "withdraw_refund"
    bank_reference: RecordedReference
    detail: RecordedDetail = Field(default="", exclude_if=is_empty)
    reason: Reason


RefundRequest = RecordRefund | ConfirmRefund | WithdrawRefund
