"""A letter as a message (RFC 5322): plain text, no tracking, and no attachment but a calendar."""

from __future__ import annotations

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from accord.post.calendars import calendar
from accord.post.letter import Letter
from accord.post.recipients import MailAddress
from accord.post.settings import MailSettings

_LONGEST: Final = 200
"""The most letters of a subject."""


def message_id(identifier: UUID, settings: MailSettings) -> str:
    """Return the Message-ID of a mail. It follows from the mail's own id."""
    return f"<{identifier}@{settings.domain}>"


def content_of(letter: Letter, identifier: UUID, list_name: str, settings: MailSettings, now: datetime) -> bytes:
    """Return a letter as the bytes that a server is handed. `list_name`: as `message` takes it.

    Raises:
        ValueError: The address or the name of the recipient, or a text, cannot be written.
    """
    try:
        return message(letter, identifier, list_name, settings, now).as_bytes()
    except (MessageError, LookupError, TypeError, AttributeError) as fault:  # whatever the library makes of odd text
        raise ValueError(type(fault).__name__) from fault


def message(letter: Letter, identifier: UUID, list_name: str, settings: MailSettings, now: datetime) -> EmailMessage:
    """Return a letter as a message. `list_name`: staff or grantees, for filters of whoever gets it."""
    composed = EmailMessage(policy=SMTP.clone(cte_type="7bit", max_line_length=78))
    composed["From"] = Address(settings.name, addr_spec=settings.sender)
    composed["To"] = _address(letter.to)
    composed["Subject"] = one_line(letter.subject)[:_LONGEST]
    composed["Date"] = format_datetime(now)
    composed["Message-ID"] = message_id(identifier, settings)
    composed["Auto-Submitted"] = "auto-generated"
    composed["List-Id"] = f"<{list_name}.accord.{settings.domain}>"
    composed.set_content(letter.text, cte="quoted-printable")
    if letter.entries:
        entries = calendar(letter.entries, now)
        composed.add_attachment(entries.decode(), subtype="calendar", filename="days.ics", params={"method": "PUBLISH"})
    return composed


def one_line(text: str) -> str:
    """Return a text for a header: without line breaks and control characters, and without words that decode to some."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.replace("=?", "= ?").split())


def _address(addressee: MailAddress) -> Address:
    return Address(one_line(addressee.name), addr_spec=addressee.address)
