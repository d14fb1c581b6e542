"""Write a payment file: ISO 20022 pain.001.001.09, the same bytes for the same instructions.

It is written without a library because every byte must follow from the instructions: the libraries generate message
identifiers or times of their own (docs/adr/0006). The tests validate it against the official schema.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC
from decimal import Decimal
from typing import Final, NamedTuple

from anyascii import anyascii

from domain import identity
from domain.values import minor_digits
from payments.accounts import AccountDetails
from payments.out.instructions import Instruction

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_OUTSIDE_BANK_CHARSET: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


class CreditTransfer(NamedTuple):
    """An instruction with the details of the account that it pays into."""

    instruction: Instruction
    creditor: AccountDetails


class WrittenFile(NamedTuple):
    """The message id and the XML bytes of a payment file."""

    message_id: str
    content: bytes


def write_file(debtor: AccountDetails, transfers: tuple[CreditTransfer, ...], void: int = 0) -> WrittenFile:
    """Return the file that pays these transfers from one account, in one currency, on one day.

    `void` is the number of earlier files with exactly these payments that never reached the bank.
    """
    # Every byte follows from the payments: their order, the identifiers and the time below as well.
    sorted_transfers = tuple(sorted(transfers, key=lambda transfer: transfer.instruction.payment_id))
    message_id = identity.message_id(tuple(transfer.instruction.payment_id for transfer in sorted_transfers), void)
    document = ET.Element("Document")
    initiation = ET.SubElement(document, "CstmrCdtTrfInitn")
    _header(initiation, message_id, sorted_transfers)
    _payment_information(initiation, message_id, debtor, sorted_transfers)
    # As an attribute of the root: the library would write each qualified name with a prefix.
    document.set("xmlns", NAMESPACE)
    ET.indent(document)
    return WrittenFile(message_id, ET.tostring(document, encoding="UTF-8", xml_declaration=True) + b"\n")


def _header(parent: ET.Element, message_id: str, transfers: tuple[CreditTransfer, ...]) -> None:
    header = ET.SubElement(parent, "GrpHdr")
    # Not the time of writing: a file that is made again must be the same one.
    moment = max(transfer.instruction.ordered_at for transfer in transfers).astimezone(UTC)
    put_text(header, "MsgId", message_id)
    put_text(header, "CreDtTm", moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _totals(header, transfers)
    put_text(ET.SubElement(header, "InitgPty"), "Nm", bank_text(transfers[0].instruction.debtor_name, 140))


def _payment_information(
    parent: ET.Element, message_id: str, debtor: AccountDetails, transfers: tuple[CreditTransfer, ...]
) -> None:
    information = ET.SubElement(parent, "PmtInf")
    first = transfers[0].instruction
    put_text(information, "PmtInfId", message_id)
    put_text(information, "PmtMtd", "TRF")
    _totals(information, transfers)
    put_text(ET.SubElement(information, "ReqdExctnDt"), "Dt", first.execution_on.isoformat())
    _party(information, "Dbtr", first.debtor_name, debtor)
    _account(information, "DbtrAcct", debtor)
    _agent(information, "DbtrAgt", debtor)
    put_text(information, "ChrgBr", "SHAR")
    for transfer in transfers:
        _transfer(information, transfer)


def _transfer(parent: ET.Element, transfer: CreditTransfer) -> None:
    instruction = transfer.instruction
    element = ET.SubElement(parent, "CdtTrfTxInf")
    payment = ET.SubElement(element, "PmtId")
    put_text(payment, "InstrId", instruction.end_to_end_id)
    put_text(payment, "EndToEndId", instruction.end_to_end_id)
    put_text(payment, "UETR", instruction.unique_transaction_reference)
    money = instruction.money
    amount = put_text(ET.SubElement(element, "Amt"), "InstdAmt", decimal_of(money.amount, money.currency))
    amount.set("Ccy", money.currency)
    _agent(element, "CdtrAgt", transfer.creditor)
    _party(element, "Cdtr", transfer.creditor.holder, transfer.creditor)
    _account(element, "CdtrAcct", transfer.creditor)
    put_text(ET.SubElement(element, "RmtInf"), "Ustrd", bank_text(instruction.remittance, 140))


def _totals(parent: ET.Element, transfers: tuple[CreditTransfer, ...]) -> None:
    amounts = [transfer.instruction.money for transfer in transfers]
    total = sum((money.amount for money in amounts), Decimal(0))
    put_text(parent, "NbOfTxs", str(len(transfers)))
    put_text(parent, "CtrlSum", decimal_of(total, amounts[0].currency))


def _party(parent: ET.Element, tag: str, name: str, details: AccountDetails) -> None:
    party = ET.SubElement(parent, tag)
    put_text(party, "Nm", bank_text(name, 140))
    address = ET.SubElement(party, "PstlAdr")
    parts = (
        ("StrtNm", details.street, 70),
        ("BldgNb", details.building, 16),
        ("PstCd", details.post_code, 16),
        ("TwnNm", details.town, 35),
        ("Ctry", details.country, 2),
    )
    for part, value, longest in parts:
        if text := bank_text(value or "", longest):
            put_text(address, part, text)


def _account(parent: ET.Element, tag: str, details: AccountDetails) -> None:
    identifier = ET.SubElement(ET.SubElement(parent, tag), "Id")
    if details.iban is not None:
        put_text(identifier, "IBAN", details.iban)
    else:
        put_text(ET.SubElement(identifier, "Othr"), "Id", details.identifier)


def _agent(parent: ET.Element, tag: str, details: AccountDetails) -> None:
    put_text(ET.SubElement(ET.SubElement(parent, tag), "FinInstnId"), "BICFI", details.bic)


def put_text(parent: ET.Element, tag: str, value: str) -> ET.Element:
    """Add an element with a text, and return it."""
    element = ET.SubElement(parent, tag)
    element.text = value
    return element


def decimal_of(amount: Decimal, currency: str) -> str:
    """Return a sum with as many decimals as its currency has."""
    return f"{amount:.{minor_digits(currency)}f}"


def bank_text(text: str, length: int) -> str:
    """Return a text transliterated to the banks' Latin character set, with spaces for other signs, cut to `length`."""
    return _OUTSIDE_BANK_CHARSET.sub(" ", anyascii(text))[:length].strip()
