"""The commands on diverted money."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import StaffCommand
from domain.partnership.refund.refunds import BankReference
from domain.values import Money, Sentence, Sha256, is_none


class ReportDiversion(StaffCommand):
    """Report money that was diverted to another purpose. The partnership is put on hold (R41).

    The hold can be lifted only after assurances are recorded.
    """

    kind: Literal["report_diversion"] = "report_diversion"
    what: Sentence
    money: Money | None = Field(default=None, exclude_if=is_none)
    """The sum diverted, as far as it is known."""


class RecordAssurance(StaffCommand):
    """Record assurances that diverted money is restored, and the grantee's precautions against another diversion."""

    kind: Literal["record_assurance"] = "record_assurance"
    what: Sentence
    document_sha256: Sha256 | None = None
    diverted: Money | None = Field(default=None, exclude_if=is_none)
    """The sum diverted last, where its report gave none, or another."""
    restored: Money | None = Field(default=None, exclude_if=is_none)
    bank_reference: BankReference | None = Field(default=None, exclude_if=is_none)
    """The bank entry by which it came back."""
    precautions: Sentence | None = Field(default=None, exclude_if=is_none)
    """The extraordinary precautions, asked for where the grantee diverted money before."""


DiversionRequest = ReportDiversion | RecordAssurance
