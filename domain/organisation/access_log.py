"""The access log's seal: what the log of looks was at the end of a day, as an event that nobody takes back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.values import Moment, Sha256, Value


class AccessLogSealed(Value):
    """The number and digest of a day's last line. Each line's digest covers all lines before it."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["AccessLogSealed"] = "AccessLogSealed"
    at: Moment
    """The end of the day."""
    day: date
    last: Annotated[int, Field(ge=1, le=2**53 - 1)]
    digest: Sha256
