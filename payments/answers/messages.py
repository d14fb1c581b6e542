"""Parse a bank's files: pain.002 and camt.054 into notices, camt.053 and BAI2 into balances, camt.052 into sights.

A statement of account as camt.053 is read into notices as well, and camt.029 into answers to recalls.

Matching them to our payments is the task of `payments.answers.matching`. A value that cannot be read affects only the
statements that need it; a file is refused as a whole only if it is not one message with a readable header.
"""

from __future__ import annotations

import codecs
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from payments.answers.account_statements import AccountStatement, read_account_statements
from payments.answers.ach_returns import BEGINS, read_ach_returns
from payments.answers.bai2.statements import is_bai2, read_bai2
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
from payments.answers.recalls.resolutions import RecallNotice, read_resolution
from payments.answers.sights import IntradayReport, sights_of
from payments.answers.stated_entries import read_stated_entries
from payments.answers.statements import BankNotice, Unclear, booking_key
from payments.answers.status_reports import STATUS_CODES, StatusReport, read_report

__all__ = [
    "STATUS_CODES", "AccountStatement", "BankNotice", "IntradayReport", "RecallNotice", "Unclear", "UnreadableMessage",
    "booking_key", "read_balances", "read_file", "read_message", "read_recall_answers", "read_sights",
]  # fmt: skip


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
    """Return the notices in a bank file, in file order. One that cannot be interpreted is an `Unclear`.

    Those of a statement of account (camt.053, BAI2) bear its place: payments hear from it only what no notification
    told. A report within the day (camt.052, BAI2) holds none. Of answers to recalls (camt.029) an unclear one alone is
    here.

    Raises:
        UnreadableMessage: The file is neither XML nor BAI2, is cut off, is none of these messages, holds several, or
            has no header; a statement of account does not add up. The error text begins with `name`.
    """
    return _parsed(content, name).notices


def read_balances(content: bytes, name: str = "bank file") -> tuple[AccountStatement, ...]:
    """Return the statements of account in a bank file, or () if it is another message. Raises as `read_message`."""
    return _parsed(content, name).statements


def read_sights(content: bytes, name: str = "bank file") -> tuple[IntradayReport, ...]:
    """Return what a bank file shows before a statement (camt.052, BAI2 within the day). Raises as `read_message`."""
    return _parsed(content, name).sights


def read_recall_answers(content: bytes, name: str = "bank file") -> tuple[RecallNotice, ...]:
    """Return the answers to recalls in a bank file (camt.029), or () if it has none. Raises as `read_message`."""
    return _parsed(content, name).recall_answers


class _Message(NamedTuple):
    notices: list[BankNotice | Unclear]
    statements: tuple[AccountStatement, ...] = ()
    sights: tuple[IntradayReport, ...] = ()
    recall_answers: tuple[RecallNotice, ...] = ()


def _parsed(content: bytes, name: str) -> _Message:
    if is_bai2(content):
        return _bai2(content, name)
    if words := _other_form(content):
        raise UnreadableMessage(f"{name} {words}")
    root = None if content.startswith(BEGINS) else parse(content, name)
    try:
        return _Message(list(read_ach_returns(content))) if root is None else _read(_document(root))
    except MessageFault as fault:
        raise UnreadableMessage(f"{name} has a value that cannot be read: {fault}") from None
    except UnreadableMessage as fault:
        raise UnreadableMessage(f"{name} {fault}") from None


def _other_form(content: bytes) -> str:
    """Return what a file is that is no message, in words with what to do, or '' for XML and returns by ACH."""
    wide = content.startswith(_UTF_16)
    text = content[:_BEGINNING].decode("utf-16" if wide else "utf-8-sig", "ignore").replace("\0", "").lstrip()
    if text.startswith(("<", BEGINS.decode())):
        return ""
    if not content.strip():
        return "is empty; fetch it from the bank again"
    for beginning, words in _OTHER_FORMS.items():
        if text.startswith(beginning):
            return words
    encoding = " in UTF-16" if wide else ""
    return f"begins with {readable(text, 40)}{encoding} and is none of what is read: {_FORMATS}; {_CSV}"


def _bai2(content: bytes, name: str) -> _Message:
    try:
        report = read_bai2(content)
        return _Message(list(report.bookings), report.statements, report.sights)
    except MessageFault as fault:
        raise UnreadableMessage(f"{name} {fault}") from None


def _document(root: Element) -> Element:
    """Return the document of a message: the root, or the one in an envelope, in which some banks send each message."""
    if local_name(root.tag) == "Document":
        return root
    match [node for node in root.iter() if isinstance(node.tag, str) and local_name(node.tag) == "Document"]:
        case []:
            return root
        case [document]:
            return document
        case _:
            raise UnreadableMessage("holds several messages; each must come in a file of its own")


def _read(root: Element) -> _Message:
    match [(kind, message) for kind in MessageKind for message in elements(root, kind)]:
        case [(MessageKind.STATUS_REPORT, message)]:
            return _Message(list(read_report(StatusReport(*_header(message), message))))
        case [(MessageKind.NOTIFICATION, message)]:
            return _Message(list(read_notification(Notification(*_header(message), message))))
        case [(MessageKind.STATEMENT, message)]:
            notification = Notification(*_header(message), message)
            statements = read_account_statements(message)
            return _Message(list(read_stated_entries(notification)), statements)
        case [(MessageKind.SIGHT, message)]:
            _, creation_time = _header(message)
            return _Message([], sights=sights_of(message, creation_time))
        case [(MessageKind.RESOLUTION, message)]:
            return _resolution(message)
        case []:
            raise UnreadableMessage(f"{_held(root)}; what is read: {_FORMATS}")
        case _:
            raise UnreadableMessage("holds several messages; each must come in a file of its own")


def _resolution(message: Element) -> _Message:
    answers = list(read_resolution(message))
    unclear: list[BankNotice | Unclear] = [answer for answer in answers if isinstance(answer, Unclear)]
    return _Message(unclear, recall_answers=tuple(answer for answer in answers if isinstance(answer, RecallNotice)))


class MessageKind(StrEnum):
    """The messages that are read, by their element."""

    STATUS_REPORT = "CstmrPmtStsRpt"
    NOTIFICATION = "BkToCstmrDbtCdtNtfctn"
    STATEMENT = "BkToCstmrStmt"
    SIGHT = "BkToCstmrAcctRpt"
    RESOLUTION = "RsltnOfInvstgtn"


_FORMATS: Final = (
    "pain.002 (status reports), camt.054 (bookings), camt.053 and BAI2 (statements of account), camt.052 (for "
    "sight), camt.029 (answers to recalls) and returns by ACH"
)
_CSV: Final = "a bank's own CSV is imported with its account: --account"
_ASK: Final = "ask the bank for camt.053 or BAI2"
_OTHER_FORMS: Final = {
    "PK": "is a ZIP archive; unpack it, and import each file in it",
    "%PDF": f"is a PDF, which people read; {_ASK}",
    "{1:": f"is MT940 or MT942, which is not read; {_ASK}",
    ":20:": f"is MT940 or MT942, which is not read; {_ASK}",
}
"""What banks and people send instead of a message, by how it begins."""
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BEGINNING: Final = 400
"""The bytes at the beginning of a file that tell what it is."""
_NOT_READ: Final = {
    "CstmrCdtTrfInitn": "pain.001, payments of ours and no word of the bank's",
    "CstmrPmtCxlReq": "camt.055, a recall of ours and no word of the bank's",
}
"""Messages that people import by mistake, by their element, each with its name."""


def _held(root: Element) -> str:
    """Return the content of a file that is no answer: the message by its name, where it is known."""
    inner = next((local_name(node.tag) for node in root if isinstance(node.tag, str)), "")
    if inner in _NOT_READ:
        return f"is a {_NOT_READ[inner]}"
    outer = readable(local_name(root.tag), 40)
    return f"holds {outer} with {readable(inner, 40)}" if inner else f"holds {outer}"


def _header(message: Element) -> tuple[str, datetime]:
    header = element(message, "GrpHdr")
    message_id = "" if header is None else reference(header, "MsgId")
    creation_time = "" if header is None else value(header, "CreDtTm")
    if not message_id or not creation_time:
        raise MessageFault("the group header lacks MsgId or CreDtTm")
    return message_id, moment(creation_time)
