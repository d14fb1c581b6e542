"""Read the rows of a bank's CSV by a mapping: each cell is what the mapping says, or the file is refused.

A refusal names the line, the column, the fault and what to do.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple, NoReturn

from domain.payment.mapping import DATE_FORMS, StatementMapping
from domain.values import minor_digits
from payments.answers.elements import YEARS, MessageFault, readable

_ENCODINGS: Final = {"utf-8": "UTF-8", "cp1252": "Windows-1252 (cp1252)"}
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TYPED: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u2212": "-"})
_SIGN: Final = r"US\$|[$\u20ac\u00a3\u00a5]"
"""Signs of currencies that banks write beside a sum. What currency it is in, another column or the mapping says."""
_LONGEST_SUM: Final = 50
"""The signs of the longest sum with all that a bank writes beside it. What is longer is not looked through."""
_FORMULA: Final = re.compile(r"[=@]|[+-][A-Za-z(=]")
_NEW_MAPPING: Final = "or two of finance sign a mapping that fits it"


class CsvRow(NamedTuple):
    """A booking on the account, with what stands there after it."""

    line: int
    booked_on: date
    amount: Decimal
    """Negative for a debit."""
    balance: Decimal
    currency: str
    reference: str
    text: str


class _Line(NamedTuple):
    number: int
    cells: dict[str, str]


def read_rows(content: bytes, mapping: StatementMapping) -> list[CsvRow]:
    """Return the rows of a CSV, in its order.

    Raises:
        MessageFault: The file is not what the mapping says, or it has no row.
    """
    lines = list(_lines(_decoded(content, mapping), mapping))
    body = lines[: len(lines) - mapping.last_rows]
    if not body:
        raise MessageFault("it has no row under its headings; export the days that you want to import")
    return [_row(line, mapping) for line in body]


def refuse_cell(line: int, column: str, fault: str, remedy: str) -> NoReturn:
    """Raise MessageFault for a cell, with the fault and what to do."""
    raise MessageFault(f"line {line}, column {readable(column, 40)}: {fault}; {remedy}")


def as_typed(figure: str, currency: str = "") -> str:
    """Return a sum in the signs of a keyboard, with its minus before it and without the sign or code of its currency.

    What shows as a blank, an apostrophe or a minus is one. A sum in brackets is below zero. What is marked twice, or
    otherwise, stays as it is.
    """
    text = figure.translate(_TYPED).strip()
    if len(text) > _LONGEST_SUM:
        return text
    is_bracketed = text.startswith("(") and text.endswith(")")
    beside = rf"(?:{_SIGN}{'|' + re.escape(currency) if currency else ''})?"
    marked = rf"([+-]?) *{beside} *([+-]?)([0-9][0-9.,' ]*?)(-?) *{beside}(-?)"
    match = re.fullmatch(marked, text[1:-1].strip() if is_bracketed else text)
    if match is None:
        return text
    before, inside, number, behind, last = match.groups()
    mark = f"{'-' if is_bracketed else ''}{before}{inside}{behind}{last}"
    return f"{mark}{number}" if len(mark) < 2 else text


def _decoded(content: bytes, mapping: StatementMapping) -> str:
    encoding = _ENCODINGS[mapping.encoding]
    has_mark = content.startswith(codecs.BOM_UTF8)
    if content.startswith(_UTF_16) or (has_mark and mapping.encoding != "utf-8"):
        actual = "UTF-8" if has_mark else "UTF-16"
        raise MessageFault(
            f"it is in {actual} by its first bytes, and its mapping says {encoding}; export it in {encoding}"
        )
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode(mapping.encoding)
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        byte = content[fault.start]
        raise MessageFault(
            f"line {line}: the byte {byte:#04x} is not of {encoding}, as its mapping says; export it in {encoding}"
        ) from None


def _lines(text: str, mapping: StatementMapping) -> Iterator[_Line]:
    """Yield the rows under the headings, without empty ones."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    headings: list[str] | None = None
    try:
        for cells in reader:
            if reader.line_num <= mapping.first_lines or not any(cell.strip() for cell in cells):
                continue
            if headings is None:
                headings = _headings(reader.line_num, cells, mapping)
                continue
            yield _Line(reader.line_num, _by_heading(reader.line_num, headings, cells))
    except csv.Error as fault:
        raise MessageFault(f"line {reader.line_num}: it is no CSV ({fault}); export it again") from None
    if headings is None:
        raise MessageFault("it is empty; export it again")


def _headings(line: int, cells: list[str], mapping: StatementMapping) -> list[str]:
    headings = [cell.strip() for cell in cells]
    if len(headings) == 1:
        words = f"line {line} is one column with the delimiter {mapping.delimiter!r}: {readable(headings[0], 60)}"
        raise MessageFault(f"{words}; export it with that delimiter, {_NEW_MAPPING}")
    for heading in mapping.columns.headings:
        if (count := headings.count(heading)) != 1:
            has = "lacks the column" if not count else f"has {count} columns"
            raise MessageFault(
                f"line {line} {has} {heading}, and has {readable(', '.join(headings), 200)}; export it with that column"
                f" once, {_NEW_MAPPING}"
            )
    return headings


def _by_heading(line: int, headings: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(headings):
        words = f"line {line} has {len(cells)} cells, and {len(headings)} headings stand above it"
        raise MessageFault(f"{words}; it was changed or cut off, or a cell holds the delimiter; export it again")
    return dict(zip(headings, (cell.strip() for cell in cells), strict=True))


def _row(line: _Line, mapping: StatementMapping) -> CsvRow:
    columns = mapping.columns
    booked_on = _day(line, columns.booked_on, mapping)
    if columns.value_on and line.cells[columns.value_on]:
        _day(line, columns.value_on, mapping)
    currency = _currency(line, mapping)
    return CsvRow(
        line.number,
        booked_on,
        _amount(line, mapping, currency),
        _sum(line, columns.balance, mapping, currency),
        currency,
        line.cells[columns.reference] if columns.reference else "",
        line.cells[columns.text] if columns.text else "",
    )


def _day(line: _Line, column: str, mapping: StatementMapping) -> date:
    text = line.cells[column]
    if not text:
        remedy = "if it is a total, two of finance sign a mapping whose `last_rows` leave it out"
        refuse_cell(line.number, column, "it has no date", remedy)
    try:
        day = datetime.strptime(text, DATE_FORMS[mapping.dates]).date()  # noqa: DTZ007
    except ValueError:
        day = None
    if day is None or len(text) != len(mapping.dates) or day.year not in YEARS:
        fault = f"{readable(text, 30)} is no date of the form {mapping.dates}"
        refuse_cell(line.number, column, fault, f"export dates in that form, {_NEW_MAPPING}")
    return day


def _currency(line: _Line, mapping: StatementMapping) -> str:
    if (column := mapping.columns.currency) is None:
        return mapping.currency or ""
    currency = line.cells[column]
    try:
        minor_digits(currency)
    except KeyError:
        refuse_cell(line.number, column, f"{readable(currency, 20) or 'nothing'} is not a currency", "export it again")
    return currency


def _amount(line: _Line, mapping: StatementMapping, currency: str) -> Decimal:
    """Return the sum of a row, negative for a debit."""
    columns = mapping.columns
    if columns.debit is not None and columns.credit is not None:
        return _of_two_columns(line, columns.debit, columns.credit, mapping, currency)
    column = columns.amount or ""
    amount = _sum(line, column, mapping, currency)
    if columns.direction is None:
        return amount
    word = line.cells[columns.direction]
    if word not in (*mapping.debit_words, *mapping.credit_words):
        words = ", ".join((*mapping.debit_words, *mapping.credit_words))
        fault = f"{readable(word, 30) or 'nothing'} is none of its mapping's words ({words})"
        refuse_cell(line.number, columns.direction, fault, f"export it again, {_NEW_MAPPING}")
    if amount < 0:
        fault = f"{amount} has a sign, and the column {columns.direction} says the direction"
        refuse_cell(line.number, column, fault, f"export sums without a sign, {_NEW_MAPPING}")
    return -amount if word in mapping.debit_words else amount


def _of_two_columns(line: _Line, debit: str, credit: str, mapping: StatementMapping, currency: str) -> Decimal:
    """Return the sum of a row whose debits and credits stand in columns of their own. A debit may bear its minus."""
    sums = {column: _sum(line, column, mapping, currency) for column in (debit, credit) if line.cells[column]}
    movements = {column: amount for column, amount in sums.items() if amount}
    if not sums or len(movements) > 1:
        fault = "both columns hold a sum" if movements else "neither column holds a sum"
        refuse_cell(line.number, f"{debit} and {credit}", fault, "export it again")
    if movements.get(credit, Decimal(0)) < 0:
        refuse_cell(line.number, credit, f"{movements[credit]} is below zero among the credits", "export it again")
    return movements[credit] if credit in movements else -abs(movements.get(debit, Decimal(0)))


def _sum(line: _Line, column: str, mapping: StatementMapping, currency: str) -> Decimal:
    text = line.cells[column]
    if _FORMULA.match(text):
        refuse_cell(line.number, column, f"{readable(text, 30)} is a formula", "export it from the bank again")
    digits = minor_digits(currency)
    whole, _, part = as_typed(text, currency).partition(mapping.decimal)
    separator = re.escape(mapping.thousands)
    figure = rf"[+-]?([0-9]{{1,18}}|[0-9]{{1,3}}({separator}[0-9]{{3}}){{1,5}})" if separator else r"[+-]?[0-9]{1,18}"
    if not re.fullmatch(figure, whole) or not re.fullmatch(rf"[0-9]{{0,{digits}}}0*", part):
        between = f"{mapping.thousands!r} between thousands" if mapping.thousands else "no sign between thousands"
        fault = f"{readable(text, 30) or 'an empty cell'} is no sum with {mapping.decimal!r} and {between}"
        refuse_cell(line.number, column, fault, f"export sums in that form, {_NEW_MAPPING}")
    whole = whole.replace(mapping.thousands, "") if mapping.thousands else whole
    return round(Decimal(f"{whole}.{part or 0}"), digits) + 0  # a bank's -0.00 is nothing, as its 0.00 is
