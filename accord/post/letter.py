"""A mail as it is written, with its calendar entries."""

from __future__ import annotations

from typing import NamedTuple

from accord.post.calendars import DayEntry
from accord.post.recipients import MailAddress
from records.submissions.forms import MadeSecret


class Letter(NamedTuple):
    """A mail as it is written."""

    to: MailAddress
    subject: str
    text: str
    entries: tuple[DayEntry, ...]
    """What of it has a day."""
    secret: MadeSecret | None = None
    """The link or the code in its text, which counts from the moment at which it is sent."""
