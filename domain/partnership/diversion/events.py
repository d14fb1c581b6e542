"""The events of diverted money."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import StaffEvent
from domain.partnership.diversion.diversions import DiversionAnswer
from domain.values import Money, Sha256, is_none


class DiversionReported(StaffEvent):
    """Money was diverted to another purpose than agreed."""

    event_type: Literal["DiversionReported"] = "DiversionReported"
    what: str
    money: Money | None = Field(default=None, exclude_if=is_none)


class AssuranceRecorded(StaffEvent):
    """Diverted money is restored, and the grantee took precautions."""

    event_type: Literal["AssuranceRecorded"] = "AssuranceRecorded"
    what: str
    document_sha256: Sha256 | None
    diverted: Money | None = Field(default=None, exclude_if=is_none)
    restored: Money | None = Field(default=None, exclude_if=is_none)
    bank_reference: str | None = Field(default=None, exclude_if=is_none)
    precautions: str | None = Field(default=None, exclude_if=is_none)

    @property
    def answer(self) -> DiversionAnswer:
        """Its words on the sums, the bank's entry and the precautions."""
        return DiversionAnswer(
            diverted=self.diverted,
            restored=self.restored,
            bank_reference=self.bank_reference,
            precautions=self.precautions,
            has_paper=self.document_sha256 is not None,
        )


DiversionEvent = DiversionReported | AssuranceRecorded
