"""Parse a bank's messages, pain.002 status reports and camt.054 notifications, into single statements.

Matching them to our payments is the task of `payments.answers.matching`. A value that cannot be read affects only the
statements that need it; a file is refused as a whole only if it is not one message with a readable header.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from payments.answers.elements import (
    MessageFault,
    UnreadableMessage,
    element,
    elements,
    local_name,
    moment,
    parse,
    readable,
    reference,
    value,
)
from payments.answers.notifications import Notification, read_notification
from payments.answers.statements import BankNotice, Unclear, booking_key
from payments.answers.status_reports import STATUS_CODES, StatusReport, read_report

__all__ = ["STATUS_CODES", "BankNotice", "Unclear", "UnreadableMessage", "booking_key", "read_file", "read_message"]


def read_file(path: Path) -> bytes:
    """Return the bytes of a bank file, which are then parsed, stored and hashed.

    Raises:
        UnreadableMessage: The file cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UnreadableMessage(f"{path.name} cannot be opened: {fault.strerror}") from None


def read_message(content: bytes, name: str = "bank file") -> list[BankNotice | Unclear]:
    """Return the statements in a bank file, in file order. A statement that cannot be interpreted is an `Unclear`.

    Raises:
        UnreadableMessage: The file is not XML, is cut off, is neither pain.002 nor camt.054, holds several messages, or
            has no header. The error text begins with `name`.
    """
    root = parse(content, name)
    try:
        return _read(root)
    except MessageFault as fault:
        raise UnreadableMessage(f"{name} has a value that cannot be read: {fault}") from None
    except UnreadableMessage as fault:
        raise UnreadableMessage(f"{name} {fault}") from None


def _read(root: Element) -> list[BankNotice | Unclear]:
    match elements(root, "CstmrPmtStsRpt"), elements(root, "BkToCstmrDbtCdtNtfctn"):
        case [report], []:
            return list(read_report(StatusReport(*_header(report), report)))
        case [], [notification]:
            return list(read_notification(Notification(*_header(notification), notification)))
        case [], []:
            raise UnreadableMessage(f"{_held(root)}; what is read: pain.002 (status reports) and camt.054 (bookings)")
        case _:
            raise UnreadableMessage("holds several messages; each must come in a file of its own")


_STATEMENTS: Final = {
    "BkToCstmrStmt": "camt.053, a statement of account",
    "BkToCstmrAcctRpt": "camt.052, an intraday report of account",
    "CstmrCdtTrfInitn": "pain.001, payments of ours and no word of the bank's",
}
"""Messages that people import by mistake, by their element, each with its name."""


def _held(root: Element) -> str:
    """Return the content of a file that is no answer: the message by its name, where it is known."""
    inner = next((local_name(node.tag) for node in root if isinstance(node.tag, str)), "")
    if inner in _STATEMENTS:
        return f"is a {_STATEMENTS[inner]}"
    outer = readable(local_name(root.tag), 40)
    return f"holds {outer} with {readable(inner, 40)}" if inner else f"holds {outer}"


def _header(message: Element) -> tuple[str, datetime]:
    header = element(message, "GrpHdr")
    message_id = "" if header is None else reference(header, "MsgId")
    creation_time = "" if header is None else value(header, "CreDtTm")
    if not message_id or not creation_time:
        raise MessageFault("the group header lacks MsgId or CreDtTm")
    return message_id, moment(creation_time)
