"""Read a statement of account in camt.053 for the third reader alone, which believes no other reader of such files."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree

from domain.attestation.readings import ZERO, StatementLine


class BadStatement(ValueError):
    """A statement cannot be read, or its sums are not what it says."""


class OwnStatement(NamedTuple):
    """A statement of account."""

    currency: str
    number: int
    """Its number, or 0 if the bank gives none."""
    first_day: date
    last_day: date
    opening: Decimal
    closing: Decimal
    entries: tuple[StatementLine, ...]
    file_sha256: str

    @property
    def words(self) -> str:
        """The statement by its number, if it has one, and its day."""
        return named(str(self.number), self.last_day)

    @property
    def place(self) -> tuple[date, int]:
        """Its place among those of its account."""
        return self.last_day, self.number

    def is_followed_by_another(self, after: OwnStatement) -> bool:
        """True if numbers are left out before the next statement of one count."""
        return bool(self.number) and after.number > self.number + 1


def read_statement(content: bytes, place: int, file_sha256: str, whole: bool = True) -> OwnStatement:
    """Return the statement at a place of a message, from 1. `whole`: its sums must add up.

    Raises:
        BadStatement: It cannot be read, or its opening balance and its entries do not come to its closing balance.
    """
    try:
        root = SafeTree.fromstring(content.lstrip())
        node = root.findall(".//{*}BkToCstmrStmt/{*}Stmt")[place - 1]
        statement = _statement(node, file_sha256)
    except (ParseError, DefusedXmlException, ValueError, LookupError, InvalidOperation, AttributeError) as fault:
        raise BadStatement(f"its file cannot be read ({type(fault).__name__})") from None
    if whole and statement.opening + sum((entry.amount for entry in statement.entries), ZERO) != statement.closing:
        raise BadStatement("its balances and entries do not add up")
    return statement


def _statement(node: Element, file_sha256: str) -> OwnStatement:
    balances = {_text(part, "Tp/CdOrPrtry/Cd"): part for part in _all(node, "Bal")}
    closing, currency = balances["CLBD"], _currency(balances["CLBD"])
    opening = balances.get("OPBD")
    # The balance at the end of the statement before is of its day: this one begins on the next.
    later = timedelta(days=0 if opening is not None else 1)
    opening = opening if opening is not None else balances["PRCD"]
    last_day = _day(closing, "Dt")
    number = _text(node, "ElctrncSeqNb") or _text(node, "LglSeqNb") or "0"
    like = StatementLine("", currency, last_day, ZERO, frozenset(), named(number, last_day), file_sha256)
    entries = [
        part
        for entry in _all(node, "Ntry")
        if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) == "BOOK"
        for part in _entries(entry, like)
    ]
    first_day = min(_day(opening, "Dt") + later, last_day)
    lines = tuple(entry._replace(counts_on=min(max(entry.day, first_day), last_day)) for entry in entries)
    return OwnStatement(
        currency, int(number), first_day, last_day, _signed(opening), _signed(closing), lines, file_sha256
    )


def named(number: str, last_day: date) -> str:
    """Return a statement by its number, if it has one, and its day."""
    return f"statement {number} of {last_day}" if number.strip("0") else f"statement of {last_day}"


def _entries(entry: Element, like: StatementLine) -> list[StatementLine]:
    """Return an entry, or its payments where the bank gives the sum of each and they come to the whole."""
    if _currency(entry) != like.currency:
        raise BadStatement(f"an entry is in {_currency(entry)}")
    whole = like._replace(
        day=_day(entry, "BookgDt") if _all(entry, "BookgDt") else like.day, amount=_signed(entry),
        references=_references(entry),
    )  # fmt: skip
    details = _all(entry, "NtryDtls/TxDtls")
    parts = [
        whole._replace(amount=amount, references=_references(detail) | _own_references(entry))
        for detail in details
        if (amount := _amount_of_detail(entry, detail)) is not None
    ]
    is_split = len(details) > 1 and len(parts) == len(details)
    return parts if is_split and sum((part.amount for part in parts), ZERO) == whole.amount else [whole]


def _amount_of_detail(entry: Element, detail: Element) -> Decimal | None:
    """Return the sum of one payment of an entry in the account's currency, or None if the bank does not give it."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        for node in _all(detail, path)[:1]:
            if node.get("Ccy") == _currency(entry):
                return Decimal((node.text or "").strip()) * _sign(entry)
    return None


def _own_references(entry: Element) -> frozenset[str]:
    return _named(_all(entry, "AcctSvcrRef"))


def _references(node: Element) -> frozenset[str]:
    """Return all names by which an entry or a payment of it may be known: letters and digits in capitals."""
    within = [*_all(node, "AcctSvcrRef"), *_all(node, "NtryRef"), *_all(node, "NtryDtls/Btch/MsgId")]
    within += [*_all(node, "NtryDtls/Btch/PmtInfId")]
    for path in ("Refs", "NtryDtls/TxDtls/Refs"):
        within += [child for refs in _all(node, path) for child in refs.iter()]
    return _named(within)


_FILLERS = frozenset({"", "NOTPROVIDED", "NONREF", "NOREF", "NONE", "NA", "UNKNOWN"})


def _named(nodes: list[Element]) -> frozenset[str]:
    names = ("".join(sign for sign in (node.text or "").upper() if sign.isalnum()) for node in nodes)
    return frozenset(names) - _FILLERS


def _all(node: Element, path: str) -> list[Element]:
    """Return the elements at a path of names, in the namespace of any version."""
    return node.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def _text(node: Element, path: str) -> str:
    return next(((part.text or "").strip() for part in _all(node, path)), "")


def _currency(node: Element) -> str:
    return next((amount.get("Ccy", "") for amount in _all(node, "Amt")), "")


def _sign(node: Element) -> int:
    return {"CRDT": 1, "DBIT": -1}[_text(node, "CdtDbtInd")]


def _signed(node: Element) -> Decimal:
    return Decimal(_text(node, "Amt")) * _sign(node)


def _day(node: Element, path: str) -> date:
    part = _all(node, path)[0]
    return date.fromisoformat((_text(part, "Dt") or _text(part, "DtTm") or (part.text or "").strip())[:10])
