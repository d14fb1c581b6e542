"""Times as people write them: a day, or a time in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time

from accord.presentation.faults import BadInput

FIRST_YEAR, LAST_YEAR = 1900, 2999


def moment_of(text: str | None, field: str) -> datetime | None:
    """Return the moment that was written, or None for None. A day means its end. Without a zone it is in UTC.

    Raises:
        BadInput: It is no day or time; the message names the field.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{field}: {text!r} is no time; write 2026-06-30 or 2026-06-30T12:00") from None
    if len(text) == len("2026-06-30"):
        moment = datetime.combine(moment.date(), time.max)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput(f"{field}: {text!r} is no time of ours; write a year from {FIRST_YEAR} to {LAST_YEAR}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
