"""A report that the grantee made to another funder, and the law under which it counts for nothing here."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from domain.fault import Fault
from domain.plans import Period
from domain.values import OneLine, Printable, Sentence, Sha256, Value

MUST_BE_OURS: Final = Fault(
    "another funder's report does not count here: under expenditure responsibility the grantee reports on this grant "
    "to us (26 CFR 53.4945-5(c)); ask for a report of its own"
)


class OtherReport(Value):
    """A report to another funder: by its paper, the time that it covers, and what of it is about this grant."""

    funder: Annotated[
        str,
        StringConstraints(min_length=2, max_length=140),
        Printable,
        OneLine,
        Field(description="The funder to whom it was made"),
    ]
    document_sha256: Annotated[Sha256, Field(description="The SHA-256 of its paper")]
    period: Annotated[Period, Field(description="The time that it covers")]
    covers: Annotated[Sentence, Field(description="The pages and figures of it that are about this grant")]
