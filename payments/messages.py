"""Read what a bank says: pain.002 status reports and camt.054 notifications, into statements of one meaning each.

Only what the message says; whether it concerns a payment of ours is the reconciliation's to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Defused

from domain.tranche import BankStatus

STATUS_CODES: Final = {
    **dict.fromkeys(("RCVD", "ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "PATC", "PDNG"), BankStatus.ACCEPTED),
    **dict.fromkeys(("ACSC", "ACCC"), BankStatus.SETTLED),
    **dict.fromkeys(("RJCT", "CANC"), BankStatus.REJECTED),
}
"""ISO 20022 external payment status codes. ACSP and silence are not settlement: unknown is never sent again."""

DUPLICATE: Final = frozenset({"DUPL", "AM05"})
"""Reasons that say the bank has this file already. That is news about the file, not about the payments."""


class UnreadableMessage(ValueError):
    """The file is not a bank message that can be read. The message says why, in one line."""


class Statement(NamedTuple):
    """One thing that a bank says about one payment, or about all payments of one file."""

    message_id: str
    entry: str
    status: BankStatus
    code: str
    reason: str
    said_at: datetime
    end_to_end_id: str = ""
    original_message_id: str = ""
    amount: Decimal | None = None
    currency: str = ""
    account: str = ""
    remittance: str = ""
    unique_transaction_reference: str = ""


class Unclear(NamedTuple):
    """Something a bank says that has no meaning for us yet; a person must look."""

    message_id: str
    entry: str
    reason: str


def read_message(path: Path) -> list[Statement | Unclear]:
    """Return everything that a bank file says.

    Raises:
        UnreadableMessage: Not XML, cut off, or neither pain.002 nor camt.054.
    """
    try:
        root = Defused.parse(path).getroot()
    except OSError as fault:
        raise UnreadableMessage(f"{path.name} cannot be opened: {fault.strerror}") from None
    except ParseError as fault:
        raise UnreadableMessage(f"{path.name} is not whole XML ({fault}); fetch it from the bank again") from None
    except LookupError as fault:
        raise UnreadableMessage(f"{path.name} declares an encoding that does not exist ({fault})") from None
    except DefusedXmlException as fault:
        raise UnreadableMessage(f"{path.name} declares entities, which no bank message does ({fault})") from None
    except ValueError as fault:
        raise UnreadableMessage(f"{path.name} cannot be decoded ({fault}); fetch it from the bank again") from None
    if root is None:
        raise UnreadableMessage(f"{path.name} is empty; fetch it from the bank again")
    return _read(path, root)


def _read(path: Path, root: Element) -> list[Statement | Unclear]:
    report, notification = _find(root, "CstmrPmtStsRpt"), _find(root, "BkToCstmrDbtCdtNtfctn")
    try:
        if report is not None:
            return list(_status_report(report))
        if notification is not None:
            return list(_notification(notification))
    except (ValueError, InvalidOperation) as fault:
        raise UnreadableMessage(f"{path.name} has a value that cannot be read: {fault}") from None
    name = re.sub(r"^\{.*\}", "", root.tag)
    raise UnreadableMessage(f"{path.name} holds {name}, neither a pain.002 status report nor a camt.054 notification")


def _status_report(report: Element) -> Iterator[Statement | Unclear]:
    message_id, said_at = _header(report)
    original = _value(report, "OrgnlGrpInfAndSts/OrgnlMsgId")
    transactions = _all(report, "OrgnlPmtInfAndSts/TxInfAndSts")
    for number, transaction in enumerate(transactions, start=1):
        yield _status(message_id, str(number), said_at, original, transaction, "TxSts")
    if transactions:
        return
    for batch in _all(report, "OrgnlPmtInfAndSts"):
        if _value(batch, "PmtInfSts"):
            yield _status(message_id, "batch", said_at, original, batch, "PmtInfSts")
            return
    group = _find(report, "OrgnlGrpInfAndSts")
    if group is not None and _value(group, "GrpSts"):
        yield _status(message_id, "group", said_at, original, group, "GrpSts")
    else:
        yield Unclear(message_id, "report", f"a report on file {original or 'without id'} that states nothing")


def _status(
    message_id: str, entry: str, said_at: datetime, original: str, element: Element, tag: str
) -> Statement | Unclear:
    code = _value(element, tag)
    status = STATUS_CODES.get(code)
    reason = " ".join(filter(None, (_value(element, "StsRsnInf/Rsn/Cd"), _value(element, "StsRsnInf/AddtlInf"))))
    if status is None:
        return Unclear(message_id, entry, f"status {code or 'missing'} has no meaning here")
    if tag == "TxSts" and not _value(element, "OrgnlEndToEndId"):
        return Unclear(message_id, entry, f"{code} for a payment that is not named")
    if _value(element, "StsRsnInf/Rsn/Cd") in DUPLICATE:
        return Unclear(message_id, entry, f"the bank has file {original} already: {reason}")
    return Statement(
        message_id, entry, status, code, reason, said_at, _value(element, "OrgnlEndToEndId"), original,
        unique_transaction_reference=_value(element, "OrgnlUETR"),
    )  # fmt: skip


def _notification(notification: Element) -> Iterator[Statement | Unclear]:
    message_id, said_at = _header(notification)
    for note in _all(notification, "Ntfctn"):
        account = _value(note, "Acct/Id/IBAN") or _value(note, "Acct/Id/Othr/Id")
        for number, entry in enumerate(_all(note, "Ntry"), start=1):
            for part, details in enumerate(_all(entry, "NtryDtls/TxDtls") or [entry], start=1):
                place = f"{_value(note, 'Id')}/{number}/{part}"
                yield _entry(message_id, place, said_at, account, entry, details)


def _entry(
    message_id: str, place: str, said_at: datetime, account: str, entry: Element, details: Element
) -> Statement | Unclear:
    booked = _value(entry, "Sts/Cd") or _value(entry, "Sts")
    if booked != "BOOK":
        return Unclear(message_id, place, f"the entry is {booked or 'without status'}, not booked")
    amount = _find(details, "Amt") if _find(details, "Amt") is not None else _find(entry, "Amt")
    if amount is None:
        return Unclear(message_id, place, "the entry has no amount")
    figure = Decimal(amount.text or "")
    if not figure.is_finite():
        raise ValueError(f"amount {amount.text}")
    direction = _value(entry, "CdtDbtInd")
    returned = _find(details, "RtrInf") is not None or _value(entry, "RvslInd") in {"true", "1"}
    status = _entry_status(direction, returned)
    if status is None:
        return Unclear(message_id, place, f"a {direction or 'direction-less'} entry that returns something not ours")
    return Statement(
        message_id=message_id,
        entry=place,
        status=status,
        code="BOOK",
        reason=_value(details, "RtrInf/Rsn/Cd"),
        said_at=said_at,
        end_to_end_id=_value(details, "Refs/EndToEndId"),
        amount=figure,
        currency=amount.get("Ccy", ""),
        account=account,
        remittance=" ".join(element.text or "" for element in details.iter() if _is(element, "Ustrd", "Ref")),
        unique_transaction_reference=_value(details, "Refs/UETR"),
    )


def _entry_status(direction: str, returned: bool) -> BankStatus | None:
    match direction, returned:
        case "DBIT", False:
            return BankStatus.SETTLED
        case "CRDT", True:
            return BankStatus.RETURNED
        case "CRDT", False:
            return BankStatus.RECEIVED
        case _:
            return None


def _header(message: Element) -> tuple[str, datetime]:
    message_id, created = _value(message, "GrpHdr/MsgId"), _value(message, "GrpHdr/CreDtTm")
    if not message_id or not created:
        raise ValueError("the group header lacks MsgId or CreDtTm")
    said_at = datetime.fromisoformat(created)
    return message_id, said_at if said_at.tzinfo else said_at.replace(tzinfo=UTC)


def _is(element: Element, *names: str) -> bool:
    return element.tag.rpartition("}")[2] in names


def _all(parent: Element, path: str) -> list[Element]:
    """Find by local names: banks use several versions of a message, and the namespace names the version."""
    return parent.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def _find(parent: Element, path: str) -> Element | None:
    return next(iter(_all(parent, path)), None)


def _value(parent: Element, path: str) -> str:
    element = _find(parent, path)
    return "" if element is None else (element.text or "").strip()
