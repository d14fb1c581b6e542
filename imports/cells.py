"""Read a cell as a fact: text, a number of the IRS, a day, a sum. What is not clear is refused, and never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple, NoReturn, Protocol

from schwifty import IBAN

from domain.imported.mapping import FieldSource
from domain.payment.mapping import DATE_FORMS
from domain.values import minor_digits, short
from imports.tables.table import TableCell

_YEARS: Final = range(1900, 2201)
_FAULTS: Final = re.compile(r"#(REF|VALUE|DIV/0|NAME|NULL|NUM|N/A)[!?]?|Err:\d{3}")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_FORMULA: Final = re.compile(r"[=@]|[+-][A-Za-z(=]")
_ALIKE: Final = frozenset({"CYRILLIC", "GREEK"})
"""Alphabets with letters that look like Latin ones."""
_LINES: Final = "\n\r\t"
"""Signs between lines and columns, which each field refuses in its own words."""
_LARGEST: Final = Decimal(10) ** 15


class UnreadableCell(ValueError):
    """A cell that cannot be read as the fact that it should hold. The message says what is wrong, and the remedy."""


class CellForm(Protocol):
    """The form in which a mapping says that cells are written."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Texts that say that nobody knows."""
        ...

    @property
    def dates(self) -> str:
        """The form of days, such as DD.MM.YYYY."""
        ...

    @property
    def decimal(self) -> str:
        """The sign before decimal places."""
        ...

    @property
    def thousands(self) -> str:
        """The sign between thousands, or ''."""
        ...


class CellReading(NamedTuple):
    """A cell that was read as text: the words, and what was changed to read them."""

    text: str | None
    """None where nobody knows."""
    note: str | None = None


def read_text(cell: TableCell, mapping: CellForm) -> CellReading:
    """Return a cell's text on one line without spaces around it, or None where it says that nobody knows.

    Raises:
        UnreadableCell: It hides something, or holds what no fact of a partnership is.
    """
    if cell.fault is not None:
        raise UnreadableCell(cell.fault)
    text = _visible(_written(cell.value))
    if not text or text in mapping.unknown:
        return CellReading(None)
    if _FAULTS.fullmatch(text):
        raise UnreadableCell(f"it holds the fault {text} of a formula; mend it, or write the value itself")
    if isinstance(cell.value, str) and _FORMULA.match(text):
        raise UnreadableCell(f"{short(text)} is a formula as text; write the value itself")
    _refuse_bank_details(text)
    return CellReading(text)


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _visible(text: str) -> str:
    """Return a text with plain spaces and none around it. Signs that nobody sees are refused: names differ by them."""
    for sign in text:
        if unicodedata.category(sign) == "Cf" or (unicodedata.category(sign) == "Cc" and sign not in _LINES):
            raise UnreadableCell(f"it holds the sign U+{ord(sign):04X}, which nobody sees; write it anew without it")
    _refuse_mixed_letters(text)
    plain = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in text)
    return plain.strip()


def _refuse_mixed_letters(text: str) -> None:
    """Refuse a word of Latin letters with one of another alphabet that looks alike: nobody sees whose name it is."""
    if text.isascii():
        return
    for word in re.findall(r"[^\W\d_]+", text):
        other_letters = [letter for letter in word if _alphabet(letter) in _ALIKE]
        if other_letters and any(_alphabet(letter) == "LATIN" for letter in word):
            letter = other_letters[0]
            alphabet = _alphabet(letter).capitalize()
            raise UnreadableCell(
                f"{short(word)} mixes alphabets: U+{ord(letter):04X} is {alphabet}, others are Latin; write it anew"
            )


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _refuse_bank_details(text: str) -> None:
    """Refuse an account's number: details of accounts are never brought in by a table (ADR 0014)."""
    number = re.sub(r"[ -]", "", text).upper()
    if _IBAN.fullmatch(number) and IBAN(number, allow_invalid=True).is_valid:
        raise UnreadableCell("it is an account number (IBAN), and bank details are never brought in; take it out")


def read_word(reading: CellReading, source: FieldSource) -> CellReading:
    """Return the meaning of a word of a column by its mapping, or the word itself where it has no table."""
    if reading.text is None or not source.values:
        return reading
    if reading.text not in source.values:
        _refuse_word(reading.text, source)
    return CellReading(source.values[reading.text])


def _refuse_word(text: str, source: FieldSource) -> NoReturn:
    words = ", ".join(source.values)
    raise UnreadableCell(f"{short(text)} is none of the mapping's words ({words[:200]}); mend it or add it there")


def read_ein(cell: TableCell, reading: CellReading, *, pad: bool) -> CellReading:
    """Return an EIN of nine digits. A number lost its leading zeros: only the mapping can put them back."""
    text = reading.text
    if text is None:
        return reading
    if not isinstance(cell.value, Decimal):
        _refuse_short_ein(text)
        return reading
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnreadableCell(f"{text} is not an EIN; write nine digits as text, such as 54-1650477")
    if len(text) == 9:
        return reading
    if not pad or len(text) < 7:
        remedy = "write it as text" + ("" if pad or len(text) < 7 else ", or let the mapping `pad` it if it lost zeros")
        raise UnreadableCell(f"{text} is a number of {len(text)} digits, and an EIN has nine; {remedy}")
    return CellReading(text.zfill(9), f"{text} was read as the EIN {text.zfill(9)}")


def _refuse_short_ein(text: str) -> None:
    digits = re.sub(r"[ -]", "", text)
    if digits.isdecimal() and len(digits) in {7, 8}:
        raise UnreadableCell(
            f"{short(text)} has {len(digits)} digits and an EIN has nine: leading zeros may be lost; write all nine"
        )


def read_day(cell: TableCell, reading: CellReading, mapping: CellForm) -> date | None:
    """Return a cell's day. A text must have the mapping's form of dates, and a bare number is none."""
    if reading.text is None:
        return None
    if isinstance(cell.value, date):
        return _within(cell.value)
    if isinstance(cell.value, Decimal):
        raise UnreadableCell(f"{cell.value} is a number and no date; give the column the form of a date")
    try:
        day = datetime.strptime(reading.text, DATE_FORMS[mapping.dates]).date()  # noqa: DTZ007
    except ValueError:
        day = None
    if day is None or len(reading.text) != len(mapping.dates):
        raise UnreadableCell(
            f"{short(reading.text)} is no date of the form {mapping.dates}; mend it, or give `dates` in the mapping"
        )
    return _within(day)


def _within(day: date) -> date:
    if day.year not in _YEARS:
        raise UnreadableCell(f"{day} is a date of no partnership; mend it")
    return day


def read_sum(cell: TableCell, reading: CellReading, currency: str, mapping: CellForm) -> Decimal | None:
    """Return a sum of a currency, exact, or None where nobody knows. It may be zero, and never below."""
    if reading.text is None:
        return None
    if cell.currency is not None and cell.currency != currency:
        raise UnreadableCell(f"its form shows {cell.currency}, and its row says {currency}; mend one of them")
    if isinstance(cell.value, date | bool):
        raise UnreadableCell(f"{short(reading.text)} is no sum; write digits")
    amount = cell.value if isinstance(cell.value, Decimal) else _sum_in(reading.text, currency, mapping)
    return _of_the_currency(amount, currency)


def _sum_in(text: str, currency: str, mapping: CellForm) -> Decimal:
    whole, _, part = text.removesuffix(currency).removeprefix(currency).strip().partition(mapping.decimal)
    separator = re.escape(mapping.thousands)
    figure = rf"-?([0-9]{{1,15}}|[0-9]{{1,3}}({separator}[0-9]{{3}}){{1,4}})" if separator else r"-?[0-9]{1,15}"
    if not re.fullmatch(figure, whole) or not re.fullmatch(r"[0-9]{0,6}", part):
        between = f"{mapping.thousands!r} between thousands" if mapping.thousands else "no sign between thousands"
        raise UnreadableCell(f"{short(text)} is no sum with {mapping.decimal!r} and {between}; mend it, or the mapping")
    return Decimal(f"{whole.replace(mapping.thousands, '') if mapping.thousands else whole}.{part or 0}")


def _of_the_currency(amount: Decimal, currency: str) -> Decimal:
    digits = minor_digits(currency)
    if amount < 0:
        raise UnreadableCell(f"{amount} is below zero; give what came back in a column of `returns`")
    if amount >= _LARGEST:
        raise UnreadableCell(f"{amount:f} is more than any sum of a partnership; mend it")
    rounded_amount = round(amount, digits)
    if rounded_amount != amount:
        raise UnreadableCell(f"{amount:f} has more than the {digits} decimal places of {currency}; round it")
    return rounded_amount
