"""The seal of what was handed in: what there was at a moment, as an event that nobody takes back."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.values import Moment, Sha256, Value

SubmissionNumber = Annotated[int, Field(ge=1, le=2**53 - 1)]


class SubmissionsSealed(Value):
    """The Merkle root (RFC 6962, section 2.1) over the digests of the submissions since the seal before.

    Whoever has a digest and its path shows by it that they handed it in before this was recorded.
    """

    schema_version: ClassVar[int] = 1
    event_type: Literal["SubmissionsSealed"] = "SubmissionsSealed"
    at: Moment
    """The time of the last of them."""
    first: SubmissionNumber
    last: SubmissionNumber
    root: Sha256
