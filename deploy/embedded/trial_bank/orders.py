"""Read payment files as a bank does: pain.001 credit transfers, and NACHA files of ACH credits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import ElementTree as Defused


class TrialOrder(NamedTuple):
    """A payment that the bank was told to make."""

    end_to_end_id: str
    message_id: str
    """The name of the file that it came in."""
    account: str
    """The account that pays it."""
    amount: Decimal
    currency: str
    payee_account: str
    payee: str
    remittance: str
    due_on: date
    transaction_reference: str = ""
    """Its UETR, '' by ACH."""
    short_name: str = ""
    """Its identification number by ACH, by which a return names it."""


def read_orders(content: bytes, originators: Mapping[str, str]) -> tuple[TrialOrder, ...]:
    """Return the payments of a file.

    `originators`: the account of each company identification, since a NACHA file names no account that pays.

    Raises:
        ValueError: It is neither format, or names a company that has no account here.
    """
    if content.startswith(b"101 "):
        return tuple(_of_nacha(content.decode("ascii").splitlines(), originators))
    root = Defused.fromstring(content)
    if not root.tag.endswith("}Document") or root.find("{*}CstmrCdtTrfInitn") is None:
        raise ValueError("a payment file is a pain.001 or a NACHA file")
    return tuple(_of_pain_001(root))


def _of_pain_001(root: Element) -> Iterator[TrialOrder]:
    message_id = _text(root, ".//{*}GrpHdr/{*}MsgId")
    for batch in root.findall(".//{*}PmtInf"):
        account = _account(batch, "{*}DbtrAcct")
        due_on = date.fromisoformat(_text(batch, "{*}ReqdExctnDt/{*}Dt"))
        for transfer in batch.findall("{*}CdtTrfTxInf"):
            yield _transfer(transfer, message_id, account, due_on)


def _transfer(transfer: Element, message_id: str, account: str, due_on: date) -> TrialOrder:
    amount = transfer.find("{*}Amt/{*}InstdAmt")
    if amount is None:
        raise ValueError("a payment without an amount")
    return TrialOrder(
        end_to_end_id=_text(transfer, "{*}PmtId/{*}EndToEndId"),
        message_id=message_id,
        account=account,
        amount=Decimal(amount.text or ""),
        currency=amount.get("Ccy", ""),
        payee_account=_account(transfer, "{*}CdtrAcct"),
        payee=_text(transfer, "{*}Cdtr/{*}Nm"),
        remittance=_text(transfer, "{*}RmtInf/{*}Ustrd"),
        due_on=due_on,
        transaction_reference=_text(transfer, "{*}PmtId/{*}UETR"),
    )


def _account(parent: Element, path: str) -> str:
    return _text(parent, f"{path}/{{*}}Id/{{*}}IBAN") or _text(parent, f"{path}/{{*}}Id/{{*}}Othr/{{*}}Id")


def _text(parent: Element, path: str) -> str:
    node = parent.find(path)
    return "" if node is None else (node.text or "").strip()


def _of_nacha(lines: list[str], originators: Mapping[str, str]) -> Iterator[TrialOrder]:
    """Yield the entries of a file, each with the addendum after it."""
    message_id, account, due_on = lines[0][86:94].strip(), "", date.min
    for place, line in enumerate(lines):
        if line.startswith("5"):
            account = originators.get(line[40:50].strip(), "")
            due_on = datetime.strptime(line[69:75], "%y%m%d").date()  # noqa: DTZ007
        if line.startswith("6"):
            if not account:
                raise ValueError("the company of this NACHA file has no account here")
            yield _entry(line, lines[place + 1], message_id, account, due_on)


def _entry(line: str, addendum: str, message_id: str, account: str, due_on: date) -> TrialOrder:
    name, _, words = addendum[3:83].strip().partition(" ")
    short_name = line[39:54].strip()
    return TrialOrder(
        end_to_end_id=name if addendum.startswith("705") and name.startswith(short_name) else short_name,
        message_id=message_id,
        account=account,
        amount=Decimal(line[29:39]) / 100,
        currency="USD",
        payee_account=line[12:29].strip(),
        payee=line[54:76].strip(),
        remittance=words,
        due_on=due_on,
        short_name=short_name,
    )
