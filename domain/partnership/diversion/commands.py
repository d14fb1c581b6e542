"""The commands on diverted money."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.partnership.acts import Document, StaffCommand
from domain.partnership.refund.refunds import BankReference
from domain.values import Money, Sentence, is_none


class ReportDiversion(StaffCommand):
    """Report money that was used for another purpose than agreed. The partnership is put on hold (R41).

    The hold can be lifted only after assurances are recorded (`accord assure`).
    """

    kind: Literal["report_diversion"] = "report_diversion"
    what: Annotated[Sentence, Field(title="What", description="What the money was used for, and how it is known.")]
    money: Annotated[
        Money | None, Field(title="How much", description="How much was diverted, as far as it is known.")
    ] = Field(default=None, exclude_if=is_none)


class RecordAssurance(StaffCommand):
    """Record the grantee's assurances, and the part of the diverted money that is back.

    Another person can then lift the hold.

    Of a second diversion a director records them, once all of it is back, with extraordinary precautions.
    """

    kind: Literal["record_assurance"] = "record_assurance"
    what: Annotated[Sentence, Field(title="What", description="The grantee's assurances, in words for the minutes.")]
    document_sha256: Document = None
    diverted: Annotated[
        Money | None,
        Field(title="How much was diverted", description="How much was diverted last, where its report did not say."),
    ] = Field(default=None, exclude_if=is_none)
    restored: Annotated[
        Money | None, Field(title="What came back", description="What came back. Empty if nothing is back yet.")
    ] = Field(default=None, exclude_if=is_none)
    bank_reference: Annotated[
        BankReference | None,
        Field(title="The bank's reference", description="The bank entry by which it came back."),
    ] = Field(default=None, exclude_if=is_none)
    precautions: Annotated[
        Sentence | None,
        Field(
            title="Precautions",
            description="The extraordinary precautions against another one, asked for of a second diversion.",
        ),
    ] = Field(default=None, exclude_if=is_none)


DiversionRequest = ReportDiversion | RecordAssurance
