"""A mail that came back: the report of a mail server (RFC 3464), from bytes of a stranger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from typing import Final, NamedTuple

LONGEST: Final = 1_048_576
"""The most bytes of a report."""
_PARTS: Final = 50
_TOKEN: Final = re.compile(r"\+([0-9a-f]{32})@")
_STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_ADDRESSED: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


class UnreadableBounce(ValueError):
    """A message that is no report of a mail that came back."""


class Bounce(NamedTuple):
    """A report that a mail came back."""

    token: str
    """The token of the return path that the report came to."""
    status: str
    """The code of RFC 3463, such as 5.1.1."""

    @property
    def is_final(self) -> bool:
        """True if the mail is not delivered: a delay is only told."""
        return self.status.startswith("5")


def read_bounce(content: bytes) -> Bounce:
    """Return the token and the code of a report.

    Raises:
        UnreadableBounce: It is too long, no report, or names no mail of ours.
    """
    if len(content) > LONGEST:
        raise UnreadableBounce(f"it is longer than {LONGEST} bytes")
    try:
        report = message_from_bytes(content, policy=policy.compat32)
        tokens = dict.fromkeys(token for name in _ADDRESSED for token in _tokens(report, name))
        statuses = [status for part in _delivery(report) for status in _statuses(part)]
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as fault:
        raise UnreadableBounce(f"it is no message ({type(fault).__name__})") from fault
    if not statuses:
        raise UnreadableBounce("it is no report of a delivery (RFC 3464)")
    if len(tokens) != 1:
        raise UnreadableBounce("it went to no return path of a mail")
    return Bounce(next(iter(tokens)), max(statuses))


def _tokens(report: Message, name: str) -> Iterator[str]:
    for value in report.get_all(name, []):
        yield from _TOKEN.findall(str(value))


def _delivery(report: Message) -> Iterator[Message]:
    """Yield the parts of a report that say what became of each recipient."""
    for number, part in enumerate(report.walk()):
        if number >= _PARTS:
            return
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from (block for block in part.get_payload() if isinstance(block, (Message, EmailMessage)))


def _statuses(block: Message) -> Iterator[str]:
    found = _STATUS.search(str(block.get("Status", "")))
    if found is not None:
        yield found[0]
