"""A mail as it is written, with its calendar entries."""

from __future__ import annotations

from typing import NamedTuple

from accord.post.calendars import DayEntry
from accord.post.recipients import MailAddress


class Letter(NamedTuple):
    """A mail as it is written."""

    to: MailAddress
    subject: str
    text: str
    entries: tuple[DayEntry, ...]
    """What of it has a day."""
