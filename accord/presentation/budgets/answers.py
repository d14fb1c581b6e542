"""Cells of a form as people fill them in: each by its type, and each fault with its cell and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from openpyxl.utils import get_column_letter, range_boundaries

from accord.presentation.editions.cells import FORMULA, SheetCell, SheetMarks, SheetRows
from accord.presentation.faults import BadInput
from accord.presentation.input_files import places_of
from accord.presentation.sums import read_sum

NOISE: Final = Decimal("1e-9")
"""What a program's arithmetic leaves behind the last decimal, such as 33.300000000000004."""
MOST_DIGITS: Final = 15
"""The most digits of a number that a cell holds exactly."""
THOUSANDS: Final = 3
HIDDEN: Final = "the sheet is hidden; show it, so that you see what is read"
NO_ACHIEVEMENT: Final = "is no number; write such as 240, or say it in words"


class FormAnswers:
    """The answers on one sheet of a form, with the faults that were found while they were read."""

    def __init__(self, title: str, rows: SheetRows, marks: SheetMarks) -> None:
        """Read the answers of a sheet. One that is hidden is a fault: people see what is read."""
        self._title, self._rows = title, rows
        self._merged = [(text, range_boundaries(text)) for text in marks.merged]
        self.faults = [f"{title}: {HIDDEN}"] if marks.is_hidden else []

    def cell(self, row: int, column: int) -> SheetCell:
        """Return a cell by its row and column, counted from 1. One that is not in the file is empty."""
        if row <= len(self._rows) and column <= len(self._rows[row - 1]):
            return self._rows[row - 1][column - 1]
        return SheetCell(f"{self._title}!{get_column_letter(column)}{row}", None)

    def text(self, row: int, column: int) -> str:
        """Return the words in a cell on one line, or ''."""
        cell = self._answer(row, column)
        if cell is None:
            return ""
        if isinstance(cell.value, datetime):
            return self._fault(cell, "it holds a day; write words")
        return " ".join(cell.text.split())

    def day(self, row: int, column: int) -> str:
        """Return the day in a cell as ISO 8601 has it, or ''."""
        cell = self._answer(row, column)
        if cell is None:
            return ""
        if isinstance(cell.value, datetime):
            return cell.value.date().isoformat()
        try:
            return datetime.strptime(cell.text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return self._fault(cell, f"{cell.text[:30]!r} is no day; write such as 2026-11-20")

    def number(self, row: int, column: int) -> str:
        """Return the number in a cell in digits, such as a rate, or ''."""
        cell = self._answer(row, column)
        if cell is None:
            return ""
        number = _number(cell.value)
        text = format(number, "f") if number is not None else cell.text.replace(",", "")
        if not text.replace(".", "", 1).isdecimal() or not text.isascii():
            return self._fault(cell, f"{cell.text[:30]!r} is no number; write such as 129.47")
        return text

    def amount(self, row: int, column: int, currency: str, *, signed: bool = False) -> str:
        """Return the sum in a cell in digits with the places of its currency, or ''. `signed`: it may be below 0."""
        cell = self._answer(row, column)
        if cell is None:
            return ""
        places, number = places_of(currency), _number(cell.value)
        if number is None:
            return self._typed(cell, currency, places, signed=signed)
        if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS + 2 or abs(number) >= 10**13:
            return self._fault(cell, f"{cell.text[:30]} is no sum that a cell holds exactly; write it as text")
        if number < 0 and not signed:
            return self._fault(cell, f"{cell.text[:30]} is below zero; write what was spent, or 0")
        rounded = number.quantize(Decimal(1).scaleb(-places))
        if abs(rounded - number) > NOISE:
            return self._fault(cell, f"{cell.text[:30]} has more decimals than {currency} has, {places}; round it")
        return format(rounded, "f")

    def flag(self, row: int, column: int) -> bool:
        """True if a cell says yes. An empty one says no."""
        cell = self._answer(row, column)
        answer = {"": False, "yes": True, "true": True, "no": False, "false": False}.get(
            cell.text.lower() if cell is not None else ""
        )
        if answer is None and cell is not None:
            self._fault(cell, f"{cell.text[:30]!r} is neither yes nor no; write one of them")
        return bool(answer)

    def achievement(self, row: int, column: int) -> str:
        """Return the achievement in a cell, a number in digits or words, or ''."""
        cell = self._answer(row, column)
        if cell is None:
            return ""
        number = _number(cell.value)
        if number is None:
            return self._achievement_typed(cell)
        if not number.is_finite() or abs(number) >= 10**MOST_DIGITS:
            return self._fault(cell, f"{cell.text[:30]} is no number that a cell holds exactly; write it as text")
        digits = format(round(number, -NOISE.adjusted()).normalize(), "f")
        # As text, three decimals may be thousands; of a number it is known.
        return f"{digits}0" if len(digits.partition(".")[2]) == THOUSANDS else digits

    def _achievement_typed(self, cell: SheetCell) -> str:
        """Return words as they are, and a number with its sign if it is clear which one it is."""
        if not isinstance(cell.value, str):
            return self._fault(cell, f"it holds {cell.text[:30]!r}; write a number, or words")
        text = " ".join(cell.text.split())
        if any(sign.isalpha() for sign in text):
            return text
        sign = "-" if text.startswith("-") else ""
        try:
            return sign + read_sum(text.removeprefix(sign))
        except BadInput as fault:
            return self._fault(cell, str(fault).replace("is no sum; write 20000 or 20,000.00", NO_ACHIEVEMENT))

    def is_row_of(self, row: int, number: int, what: str) -> bool:
        """True if a row is still the one of a number. One that was moved is a fault."""
        cell = self.cell(row, 1)
        if cell.text.removesuffix(".0") == str(number):
            return True
        words = f"{what} {number} stands here, and it says {cell.text[:20]!r}; rows were moved, so fill in a new form"
        self.faults.append(f"{cell.place}: {words}")
        return False

    def wrong(self, row: int, column: int, words: str) -> None:
        """Keep the fault of an answer."""
        self._fault(self.cell(row, column), words)

    def missing(self, row: int, column: int, words: str) -> None:
        """Keep a fault of a cell in which something is missing, unless it was said to be wrong already."""
        place = self.cell(row, column).place
        if not any(fault.startswith(f"{place}:") for fault in self.faults):
            self.faults.append(f"{place}: {words}")

    def _typed(self, cell: SheetCell, currency: str, places: int, *, signed: bool) -> str:
        sign = "-" if signed and cell.text.startswith("-") else ""
        if not isinstance(cell.value, str):
            return self._fault(cell, f"it holds {cell.text[:30]!r}, which is no sum; write digits")
        try:
            return sign + read_sum(cell.text.removeprefix(sign), currency, places)
        except BadInput as fault:
            return self._fault(cell, str(fault))

    def _answer(self, row: int, column: int) -> SheetCell | None:
        """Return a cell that is answered, or None. A merged cell or a formula is a fault."""
        cell = self.cell(row, column)
        if text := next((text for text, bounds in self._merged if _is_within(row, column, bounds)), ""):
            self._fault(cell, f"it is merged ({text}); split it, and write each answer in its own cell")
            return None
        if cell.is_formula:
            self._fault(cell, FORMULA)
            return None
        return None if cell.is_empty else cell

    def _fault(self, cell: SheetCell, words: str) -> str:
        self.faults.append(f"{cell.place}: {words}")
        return ""


def _number(value: Any) -> Decimal | None:
    return Decimal(repr(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_within(row: int, column: int, bounds: Any) -> bool:
    first_column, first_row, last_column, last_row = bounds
    return bool(first_row <= row <= last_row and first_column <= column <= last_column)


def origin_in(sheets: Mapping[str, SheetRows], title: str) -> dict[str, str]:
    """Return the origin of a form by its hidden sheet, by name."""
    rows = sheets.get(title, [])
    return {row[0].text: row[1].text for row in rows if len(row) > 1 and row[0].text}
