"""Read NACHA return files: the payments that came back from the payees' banks, each with its reason.

A return ends nothing by itself: the money is back once its credit is booked, and a statement or a notification says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from domain.payment.bank_answers import BankStatus
from payments.answers.elements import UnreadableMessage
from payments.answers.statements import BankNotice, Unclear, with_digest

BEGINS: Final = b"101"
"""The first characters of every NACHA file."""

_LINE: Final = 94
_CREDITS: Final = "1234"
"""The second digits of the transaction codes that credit an account."""
_BATCH_CONTROL: Final = {"count": (5, 10), "hash": (11, 20), "debits": (21, 32), "credits": (33, 44)}
_FILE_CONTROL: Final = {"count": (14, 21), "hash": (22, 31), "debits": (32, 43), "credits": (44, 55)}
"""The columns of a control record, counted from 1."""
_REASONS: Final = {
    "R01": "insufficient funds",
    "R02": "AC04 the account is closed",
    "R03": "AC01 no account, or unable to locate it",
    "R04": "AC01 the account number is not valid",
    "R06": "FOCR returned at the request of the bank that sent it",
    "R12": "AC03 the account was sold to another institution",
    "R13": "AC03 the routing number is not valid",
    "R16": "AC06 the account is frozen, or OFAC's list bars the payment",
    "R17": "the account holder's details do not fit",
    "R20": "AC01 the account takes no ACH payments",
    "R23": "the receiver refused the credit",
    "R24": "duplicate entry",
}
"""The return codes of credits (NACHA Operating Rules, Appendix Four), with the reason of ISO 20022 for an account."""

_DOUBT: Final = "a return file alone ends nothing: the money is back once its credit is booked"


class _Line(NamedTuple):
    number: int
    text: str

    def fault(self, words: str) -> UnreadableMessage:
        return UnreadableMessage(f"line {self.number}: {words}")

    def digits(self, first: int, last: int, label: str) -> int:
        """Return the number in columns, counted from 1."""
        text = self.text[first - 1 : last]
        if not (text.isascii() and text.isdigit()):
            raise self.fault(f"{label} (columns {first} to {last}) is {text!r}, and is a number")
        return int(text)


class _Totals(NamedTuple):
    """The counts and totals of entries: records, hash of routing numbers, debits and credits in cents."""

    records: int = 0
    routing: int = 0
    debits: int = 0
    credits: int = 0

    def with_entry(self, line: _Line) -> _Totals:
        cents, is_credit = line.digits(30, 39, "the amount"), line.text[2] in _CREDITS
        return _Totals(
            self.records + 1,
            self.routing + line.digits(4, 11, "the bank"),
            self.debits + (0 if is_credit else cents),
            self.credits + (cents if is_credit else 0),
        )


def read_ach_returns(content: bytes) -> Iterator[BankNotice | Unclear]:
    """Yield a statement for each return entry of a NACHA file.

    Raises:
        UnreadableMessage: A line has not 94 characters, or the counts and totals are not those of the entries; nothing
            of the file is taken. The error names the line.
    """
    lines = _lines(content)
    message_id, said_at = _header(lines[0])
    _require_totals(lines)
    entries = [place for place, line in enumerate(lines) if line.text[0] == "6"]
    if not entries:
        raise UnreadableMessage("holds no entry, so it says nothing of any payment")
    for count, place in enumerate(entries, 1):
        yield _statement(lines[place], lines[place + 1], message_id, str(count), said_at)


def _lines(content: bytes) -> list[_Line]:
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as fault:
        raise UnreadableMessage(f"byte {fault.start + 1} is not one that NACHA allows") from None
    lines = [_Line(number, line.rstrip("\r")) for number, line in enumerate(text.rstrip("\n").split("\n"), 1)]
    for line in lines:
        if len(line.text) != _LINE:
            raise line.fault(f"it has {len(line.text)} characters, and every line has 94; fetch the file again")
        if line.text[0] not in "156789":
            raise line.fault(f"{line.text[0]!r} begins no record of a NACHA file")
    kept = [line for line in lines if line.text != "9" * _LINE]
    if len(kept) < 2 or kept[-1].text[0] != "9":
        raise UnreadableMessage("it has no file control record (9) at its end, so it was cut; fetch the file again")
    return kept


def _header(line: _Line) -> tuple[str, datetime]:
    moment = line.text[23:33].replace(" ", "0")
    try:
        said_at = datetime.strptime(moment, "%y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        raise line.fault(f"the day and time of the file (columns 24 to 33) are {moment!r}") from None
    return f"{line.text[13:23].strip()}-{moment}{line.text[33]}", said_at


def _require_totals(lines: Sequence[_Line]) -> None:
    batch = whole = _Totals()
    for line in lines:
        match line.text[0]:
            case "5":
                batch = _Totals()
            case "6":
                batch, whole = batch.with_entry(line), whole.with_entry(line)
            case "7":
                batch, whole = batch._replace(records=batch.records + 1), whole._replace(records=whole.records + 1)
            case "8":
                _require(line, batch, _BATCH_CONTROL)
            case "9":
                _require(line, whole, _FILE_CONTROL)
            case _:
                pass


def _require(line: _Line, counted: _Totals, columns: Mapping[str, tuple[int, int]]) -> None:
    """Raise UnreadableMessage if a control record says other counts and totals than the entries have."""
    expected = counted._replace(routing=counted.routing % 10**10)
    for (label, (first, last)), right in zip(columns.items(), expected, strict=True):
        value = line.digits(first, last, f"its {label}")
        if value != right:
            raise line.fault(f"its {label} is {value}, and that of the entries is {right}; fetch the file again")


def _statement(entry: _Line, addendum: _Line, message_id: str, place: str, said_at: datetime) -> BankNotice | Unclear:
    name = entry.text[39:54].strip()
    if addendum.text[:3] != "799":
        return Unclear(message_id, place, f"line {entry.number}: the entry has no return addendum (799)", name)
    code = addendum.text[3:6]
    if not name:
        return Unclear(message_id, place, f"line {entry.number}: {code} for a payment that is not named")
    reason = f"{code} {_REASONS.get(code, 'a reason that is not known here')}"
    cents = Decimal(entry.digits(30, 39, "the amount"))
    notice = BankNotice(
        message_id=message_id, entry=place, status=BankStatus.REJECTED, code=code, reason=reason, said_at=said_at,
        end_to_end_id=name, amount=cents / 100, currency="USD", doubt=_DOUBT,
    )  # fmt: skip
    return with_digest(notice, addendum.text[6:21].strip())
