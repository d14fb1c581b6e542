"""Make a sample camt.054, as a bank would send it when all payments of a file of ours are settled. For trials only."""

from __future__ import annotations

import base64
import hashlib
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element

from payments.answers.elements import MessageFault, UnreadableMessage, elements, parse, reference, value

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
INVENTED: Final = "Invented sample: no bank sent this, and no money moved"
"""The notice in the message and in each of its entries, so that nobody takes it for a message from a bank."""

_BOOKED_DEBIT: Final = ("PMNT", "ICDT", "OTHR")
"""Bank transaction code of an issued credit transfer (ISO 20022 external code set)."""


def settled_answer(file_content: bytes, now: datetime) -> bytes:
    """Return a camt.054 that books every payment of one of our pain.001 files on the day of `now` (in UTC).

    The same file and time give the same bytes; the booking references do not depend on the time. It is dated by whole
    seconds, the next one: what was handed over in this second was not settled before.

    Raises:
        UnreadableMessage: The file is not a pain.001, or a value that the answer needs is missing or unreadable.
    """
    root, moment = parse(file_content, "the payment file"), _next_second(now.astimezone(UTC))
    try:
        return _document(root, moment)
    except MessageFault as fault:
        raise UnreadableMessage(f"the payment file has a value that cannot be read: {fault}") from None


def _next_second(now: datetime) -> datetime:
    return now if not now.microsecond else now.replace(microsecond=0) + timedelta(seconds=1)


def _document(root: Element, now: datetime) -> bytes:
    batches = elements(root, "CstmrCdtTrfInitn/PmtInf")
    if not batches:
        raise UnreadableMessage("the payment file is no pain.001 with payments in it")
    original, creation_time = reference(root, "CstmrCdtTrfInitn/GrpHdr/MsgId"), now.strftime("%Y-%m-%dT%H:%M:%SZ")
    message_id = _derived(original, creation_time)
    document = Element("Document", {"xmlns": NAMESPACE})
    document.append(ET.Comment(f" {INVENTED} "))
    notification = ET.SubElement(document, "BkToCstmrDbtCdtNtfctn")
    _texts(ET.SubElement(notification, "GrpHdr"), MsgId=message_id, CreDtTm=creation_time, AddtlInf=INVENTED)
    for number, batch in enumerate(batches, start=1):
        _account_part(notification, str(number), original, batch, now)
    ET.indent(document)
    content: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"


def _account_part(parent: Element, name: str, original: str, batch: Element, now: datetime) -> None:
    part = ET.SubElement(parent, "Ntfctn")
    _texts(part, Id=name)
    identifier = _nested(part, "Acct/Id")
    if iban := reference(batch, "DbtrAcct/Id/IBAN"):
        _texts(identifier, IBAN=iban)
    else:
        _texts(ET.SubElement(identifier, "Othr"), Id=_given(batch, "DbtrAcct/Id/Othr/Id"))
    for payment in elements(batch, "CdtTrfTxInf"):
        _entry(part, original, payment, now.date().isoformat())


def _entry(parent: Element, original: str, payment: Element, day: str) -> None:
    entry = ET.SubElement(parent, "Ntry")
    end_to_end_id = _given(payment, "PmtId/EndToEndId")
    _debit(entry, payment)
    _texts(ET.SubElement(entry, "Sts"), Cd="BOOK")
    _texts(ET.SubElement(entry, "BookgDt"), Dt=day)
    _texts(ET.SubElement(entry, "ValDt"), Dt=day)
    _texts(entry, AcctSvcrRef=_derived(end_to_end_id))
    _transaction_code(entry)
    _detail(_nested(entry, "NtryDtls/TxDtls"), original, end_to_end_id, payment)
    _texts(entry, AddtlNtryInf=INVENTED)


def _detail(detail: Element, original: str, end_to_end_id: str, payment: Element) -> None:
    references = ET.SubElement(detail, "Refs")
    _texts(references, MsgId=original, EndToEndId=end_to_end_id, UETR=reference(payment, "PmtId/UETR"))
    _debit(detail, payment)
    if remittance := value(payment, "RmtInf/Ustrd"):
        _texts(ET.SubElement(detail, "RmtInf"), Ustrd=remittance)


def _debit(parent: Element, payment: Element) -> None:
    amount = ET.SubElement(parent, "Amt", {"Ccy": _currency(payment)})
    amount.text = _given(payment, "Amt/InstdAmt")
    _texts(parent, CdtDbtInd="DBIT")


def _currency(payment: Element) -> str:
    return next(iter(node.get("Ccy", "") for node in elements(payment, "Amt/InstdAmt")), "")


def _transaction_code(parent: Element) -> None:
    domain, family, sub_family = _BOOKED_DEBIT
    code = _nested(parent, "BkTxCd/Domn")
    _texts(code, Cd=domain)
    _texts(ET.SubElement(code, "Fmly"), Cd=family, SubFmlyCd=sub_family)


def _given(parent: Element, path: str) -> str:
    text = reference(parent, path)
    if not text:
        raise MessageFault(f"{path} is missing")
    return text


def _derived(*parts: str) -> str:
    """Derive an identifier of at most 35 characters from others. The prefix SAMPLE- distinguishes it from our own."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return "SAMPLE-" + base64.b32encode(digest).decode("ascii")[:26]


def _nested(parent: Element, path: str) -> Element:
    for tag in path.split("/"):
        parent = ET.SubElement(parent, tag)
    return parent


def _texts(parent: Element, **texts: str) -> None:
    """Add one child element per keyword in the given order, leaving out empty texts."""
    for tag, text in texts.items():
        if text:
            ET.SubElement(parent, tag).text = text
