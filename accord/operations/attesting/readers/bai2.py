"""Read a statement of account in BAI2 for the third reader alone, which believes no other reader of such files.

Source: Bank Administration Institute, Cash Management Balance Reporting Specifications, version 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from accord.operations.attesting.readers.camt import BadStatement, OwnStatement, named
from domain.attestation.readings import ZERO, StatementLine

_BALANCES: Final = (("010", "015"), ("040", "045"))
"""The type codes of the opening and the closing balance: of the ledger, or of what is available."""
_FUNDS_FIELDS: Final[Mapping[str, int]] = {"V": 2, "S": 3}
"""The further fields of a type of funds. D says their number itself."""
_DIGITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
         "XOF", "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
"""The digits after the point, of the currencies that have not two (ISO 4217, active codes of money)."""


def begins_bai2(content: bytes) -> bool:
    """True if a file begins with the header of BAI2."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"01,")


def read_bai2_statement(content: bytes, place: int, file_sha256: str, *, whole: bool = True) -> OwnStatement:
    """Return the account at a place of a file, from 1. `whole`: its sums must add up.

    Raises:
        BadStatement: It cannot be read, or its opening balance and its entries do not come to its closing balance.
    """
    try:
        statement = _statement(_at(content, place), file_sha256)
    except (ValueError, LookupError, ArithmeticError) as fault:
        raise BadStatement(f"its file cannot be read ({type(fault).__name__})") from None
    if whole and statement.opening + sum((entry.amount for entry in statement.entries), ZERO) != statement.closing:
        raise BadStatement("its balances and entries do not add up")
    return statement


class _Account(NamedTuple):
    """An account, by the fields of its records."""

    group: list[str]
    head: list[str]
    entries: list[list[str]]


def _at(content: bytes, place: int) -> _Account:
    """Return the account at a place of a file."""
    group, accounts = list[str](), list[_Account]()
    for record in _records(content):
        match record[0]:
            case "02":
                group = record
            case "03":
                accounts.append(_Account(group, record, []))
            case "16":
                accounts[-1].entries.append(record)
            case _:
                pass
    return accounts[place - 1]


def _records(content: bytes) -> list[list[str]]:
    """Return the fields of each record, those of its continuations (88) among them."""
    records = list[list[str]]()
    for line in content.decode("utf-8-sig").splitlines():
        fields = line.strip().removesuffix("/").split(",")
        if fields[0] == "88":
            records[-1] += fields[1:]
        elif fields[0]:
            records.append(fields)
    return records


def _statement(account: _Account, file_sha256: str) -> OwnStatement:
    day = datetime.strptime(account.group[4], "%y%m%d").replace(tzinfo=UTC).date()
    group_currency = account.group[6].strip() if len(account.group) > _CURRENCY_FIELD else ""
    currency = account.head[2].strip() or group_currency or "USD"
    balances = dict(_summary(account.head))
    opening, closing = next((pair for pair in _BALANCES if balances.keys() >= {*pair}), ("", ""))
    like = StatementLine("", currency, day, ZERO, frozenset(), named("", day), file_sha256)
    entries = tuple(_entry(record, like) for record in account.entries if _direction(record[1]))
    sums = (_amount(balances[opening], currency), _amount(balances[closing], currency))
    return OwnStatement(currency, 0, day, day, *sums, entries, file_sha256)


_CURRENCY_FIELD: Final = 6


def _summary(head: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each amount of an account's summary with its type code."""
    fields = head[3:]
    while len(fields) > 1:
        code, amount = fields[0].strip(), fields[1].strip()
        if amount:
            yield code, amount
        fields = fields[3 + _funds_fields(fields[3:]) :]


def _funds_fields(fields: list[str]) -> int:
    """Return the number of fields that a type of funds takes, itself among them."""
    kind = fields[0].strip() if fields else ""
    return 2 + 2 * int(fields[1]) if kind == "D" else 1 + _FUNDS_FIELDS.get(kind, 0)


def _entry(record: list[str], like: StatementLine) -> StatementLine:
    amount = _amount(record[2], like.currency) * _direction(record[1])
    names = record[3 + _funds_fields(record[3:]) :][:2]
    references = frozenset("".join(sign for sign in name.upper() if sign.isalnum()) for name in names) - {""}
    return like._replace(amount=amount, references=references)


_CREDIT, _DEBIT = 1, -1
_DIRECTIONS: Final = (
    (range(100, 400), _CREDIT), (range(400, 700), _DEBIT), (range(720, 723), _CREDIT), (range(760, 761), _DEBIT),
    (range(920, 960), _CREDIT), (range(960, 1000), _DEBIT), (range(890, 900), 0),
)  # fmt: skip
"""The ranges of type codes: credits, debits, those of loans and of the bank's own, and words that move no money."""


def _direction(code: str) -> int:
    direction = next((direction for codes, direction in _DIRECTIONS if int(code) in codes), None)
    if direction is None:
        raise ValueError(f"{code} is neither a credit nor a debit")
    return direction


def _amount(units: str, currency: str) -> Decimal:
    return Decimal(int(units)).scaleb(-_DIGITS.get(currency, 2))
