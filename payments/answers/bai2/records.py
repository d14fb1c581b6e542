"""Read the records of a BAI2 file, with the totals and counts of its trailers.

Source: Bank Administration Institute, Cash Management Balance Reporting Specifications, version 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, NoReturn

from payments.answers.elements import MessageFault, readable

AGAIN: Final = "fetch the file from the bank again"
_NOUNS: Final = {
    "01": "the file", "02": "a group", "03": "an account", "16": "an entry", "88": "a continuation",
    "49": "the end of an account", "98": "the end of a group", "99": "the end of the file",
}  # fmt: skip
_CONTINUATION: Final = "88"
_LINE_ENDS: Final = re.compile(r"\r\n|\n|\r")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_FUNDS_FIELDS: Final = {"": 1, "Z": 1, "V": 3, "S": 4, **dict.fromkeys("0123456789", 1)}
"""The fields of each type of funds: the days on which an amount becomes available, which nothing here needs."""


class BaiRecord(NamedTuple):
    """A record with its continuations. Fields do not hold its code."""

    line: int
    code: str
    fields: tuple[str, ...]
    lines: int
    """The lines that it takes."""

    def field(self, place: int) -> str:
        """Return a field, the first of which is 0, or '' where the record ends before it."""
        return self.fields[place].strip() if place < len(self.fields) else ""


class BaiFigure(NamedTuple):
    """An amount with its type code, in the smallest unit of its currency."""

    code: str
    units: int | None
    """None where the bank left it empty."""


class BaiAccount(NamedTuple):
    """An account of a group, with the amounts of its summary and its entries."""

    head: BaiRecord
    summary: tuple[BaiFigure, ...]
    entries: tuple[BaiEntry, ...]


class BaiEntry(NamedTuple):
    """One transaction of an account."""

    record: BaiRecord
    figure: BaiFigure
    bank_reference: str
    customer_reference: str
    text: str


class BaiGroup(NamedTuple):
    """The accounts of one bank on one day."""

    head: BaiRecord
    accounts: tuple[BaiAccount, ...]


def read_groups(text: str) -> tuple[BaiGroup, ...]:
    """Return the groups of a BAI2 file.

    Raises:
        MessageFault: A record stands where it does not belong, or a total or a count is not that of its records.
            The text begins with the line.
    """
    records = _records(text)
    _version(records[0])
    if (last := records[-1]).code != "99":
        refuse(last.line, f"the file ends with {_noun(last.code)}, and not with its trailer (99)", "it was cut off")
    runs = _enclosed(records[1:-1], "02", "98")
    groups = tuple(_group(run) for run in runs)
    units = [_units_of(group) for group in groups]
    _held_against(last, records, sum(units), len(groups), "groups")
    return groups


def refuse(line: int, fault: str, remedy: str = "") -> NoReturn:
    """Raise MessageFault for a line, with the fault and what to do."""
    raise MessageFault(f"line {line}: {fault}; {remedy and f'{remedy}; '}{AGAIN}")


def number_in(record: BaiRecord, text: str, noun: str) -> int | None:
    """Return a number as it is written, with or without a sign, or None if it is empty."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        refuse(record.line, f"{noun} {readable(text, 40)} is not written as one")
    return int(text)


def _records(text: str) -> list[BaiRecord]:
    """Return the records with their continuations folded in, at least one of them."""
    parts = [(line, *_code_and_tail(line, body)) for line, body in _bodies(text)]
    if parts[0][1] == _CONTINUATION:
        refuse(parts[0][0], "a continuation (88) of nothing")
    begins = [place for place, (_, code, _) in enumerate(parts) if code != _CONTINUATION]
    runs = [parts[begin:end] for begin, end in zip(begins, [*begins[1:], len(parts)], strict=True)]
    return [BaiRecord(run[0][0], run[0][1], _fields(tail for _, _, tail in run), len(run)) for run in runs]


def _bodies(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something, each with its number and without the sign at its end."""
    for line, line_text in enumerate(_LINE_ENDS.split(text), start=1):
        if body := line_text.strip().removesuffix("/"):
            yield line, body


def _code_and_tail(line: int, body: str) -> tuple[str, str]:
    code, comma, tail = body[:2], body[2:3], body[3:]
    if code not in _NOUNS or comma not in {"", ","}:
        refuse(line, f"{readable(body, 20)} is no record of BAI2")
    return code, tail


def _fields(tails: Iterable[str]) -> tuple[str, ...]:
    return tuple(field for tail in tails for field in tail.split(","))


def _version(head: BaiRecord) -> None:
    if head.code != "01":
        refuse(head.line, f"the file begins with {_noun(head.code)}, and not with its header (01)")
    if "/" in (version := head.field(7)):
        refuse(head.line, "several records stand in one line", "ask the bank for a line of its own for each")
    if version != "2":
        words = f"the file is of version {readable(version, 10) or 'none'}, and what is read is version 2"
        refuse(head.line, words, "ask the bank for BAI2")


def _enclosed(records: Iterable[BaiRecord], opening: str, closing: str) -> list[list[BaiRecord]]:
    """Return the runs of records that each begin with one code and end with another."""
    runs: list[list[BaiRecord]] = []
    run: list[BaiRecord] = []
    for record in records:
        if (record.code == opening) == bool(run):
            began = f", and {_noun(opening)} began in line {run[0].line}" if run else ""
            refuse(
                record.line, f"{_noun(record.code)} stands where {_noun(closing if run else opening)} belongs{began}"
            )
        run.append(record)
        if record.code == closing:
            runs.append(run)
            run = []
    if run:
        refuse(run[0].line, f"{_noun(opening)} has no end ({closing})")
    return runs


def _noun(code: str) -> str:
    return f"{_NOUNS[code]} ({code})"


def _group(run: Sequence[BaiRecord]) -> BaiGroup:
    parts = _enclosed(run[1:-1], "03", "49")
    group = BaiGroup(run[0], tuple(_account(part) for part in parts))
    _held_against(run[-1], run, _units_of(group), len(group.accounts), "accounts")
    return group


def _account(run: Sequence[BaiRecord]) -> BaiAccount:
    if strange := next((record for record in run[1:-1] if record.code != "16"), None):
        refuse(
            strange.line, f"{_noun(strange.code)} stands among the entries (16) of the account of line {run[0].line}"
        )
    account = BaiAccount(run[0], _summary(run[0]), tuple(_entry(record) for record in run[1:-1]))
    _held_against(run[-1], run, _units_in(account))
    return account


def _units_of(group: BaiGroup) -> int:
    return sum(_units_in(account) for account in group.accounts)


def _units_in(account: BaiAccount) -> int:
    figures = (*account.summary, *(entry.figure for entry in account.entries))
    return sum(figure.units or 0 for figure in figures)


def _held_against(
    trailer: BaiRecord, run: Sequence[BaiRecord], units: int, parts: int | None = None, noun: str = ""
) -> None:
    """Raise MessageFault unless a trailer's total and its counts are those of its records."""
    total = number_in(trailer, trailer.field(0), "the total") or 0
    if total != units:
        refuse(trailer.line, f"{_noun(trailer.code)} has the total {total}, and its amounts come to {units}")
    counts = [(parts, noun)] if parts is not None else []
    counts.append((sum(record.lines for record in run), "records"))
    for place, (count, part_noun) in enumerate(counts, start=1):
        if number_in(trailer, trailer.field(place), "the count") != count:
            words = f"{_noun(trailer.code)} counts {trailer.field(place) or 'no'} {part_noun}, and there are {count}"
            refuse(trailer.line, words)


def _summary(head: BaiRecord) -> tuple[BaiFigure, ...]:
    """Return the amounts of an account's summary: type code, amount, count of items and funds type, time and again."""
    figures, place = list[BaiFigure](), 2
    while place < len(head.fields):
        if not head.field(place):
            place += 1  # an amount that was left out whole, or a comma before the end of a line
            continue
        figures.append(_figure(head, place))
        place = _after_funds(head, place + 3)
    return tuple(figures)


def _entry(record: BaiRecord) -> BaiEntry:
    figure = _figure(record, 0)
    if (figure.units or 0) < 0:
        refuse(record.line, f"an entry of {figure.units} has a sign, where its type code says the direction")
    place = _after_funds(record, 2)
    text = ", ".join(filter(None, (part.strip() for part in record.fields[place + 2 :])))
    return BaiEntry(record, figure, record.field(place), record.field(place + 1), text)


def _figure(record: BaiRecord, place: int) -> BaiFigure:
    code = record.field(place)
    if not (len(code) == 3 and code.isascii() and code.isdecimal()):
        words = f"{readable(code, 20) or 'nothing'} stands where a type code of three digits belongs"
        refuse(record.line, words)
    return BaiFigure(code, number_in(record, record.field(place + 1), "the amount"))


def _after_funds(record: BaiRecord, place: int) -> int:
    """Return the place after a funds type and its fields."""
    funds = record.field(place)
    if funds in _FUNDS_FIELDS:
        return place + _FUNDS_FIELDS[funds]
    parts = number_in(record, record.field(place + 1), "the number of distributions") if funds == "D" else None
    if parts is None or not 0 <= parts < len(record.fields):
        refuse(record.line, f"the funds type {readable(funds, 20)} has no meaning in BAI2")
    return place + 2 + 2 * parts
