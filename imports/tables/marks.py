"""Marks of an Excel sheet beside its values: formulas without a value, faults, long numbers, hidden rows.

The values are read by a library (`workbooks`). This looks at the sheet's XML (ECMA-376, part 1, 18.3.1) beside it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from typing import IO, Final, NamedTuple
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring, iterparse

from imports.tables.reaches import SheetReach, reach_with

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

_SIGNS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "₦": "NGN", "₱": "PHP", "₺": "TRY", "₪": "ILS", "₩": "KRW"}
"""Signs that name one currency. The dollar's and the yen's name several, and so none."""

_OWN_FORMS: Final = {"9": "0%", "10": "0.00%"}
"""Percentages among the forms that every workbook has without saying so (ECMA-376, part 1, 18.8.30)."""

_CODE: Final = re.compile(r"\[\$([A-Z]{3})[^\]]*\]|\"([A-Z]{3})\"")

NO_VALUE: Final = "it holds a formula whose value was not saved; open the file, let it calculate, and save it"
BROKEN: Final = "its formula ends in a fault; mend it, or write the value itself"
LONG: Final = "it is a number of more than 15 digits, which a workbook does not keep; write it as text"


class CellMarks(NamedTuple):
    """The marks of a sheet."""

    faults: Mapping[str, str]
    """By address, why a cell's value is not to be believed."""
    currencies: Mapping[str, str]
    """By address, the currency that the form of a number shows."""
    hidden_rows: frozenset[int]
    """The numbers of the rows that it hides."""
    reach: SheetReach


def marks_of(content: bytes, sheet: str) -> CellMarks:
    """Return the marks of a sheet of an .xlsx file that could be read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        currencies = _currencies_of_forms(archive)
        with archive.open(_path_of(archive, sheet)) as part:
            return _marks_in(part, currencies)


def _path_of(archive: zipfile.ZipFile, sheet: str) -> str:
    book = fromstring(archive.read("xl/workbook.xml"))
    sheets = (element for element in book.iter() if element.tag.endswith("}sheet"))
    identifier = next(element.get(_RELATED) for element in sheets if element.get("name") == sheet)
    relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(str(relation.get("Target")) for relation in relations if relation.get("Id") == identifier)
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _currencies_of_forms(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Return the currency that each form of a cell shows, by the form's number."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = fromstring(archive.read("xl/styles.xml"))
    codes = {
        str(form.get("numFmtId")): str(form.get("formatCode")) for form in styles.iter() if form.tag.endswith("}numFmt")
    }
    codes = {**_OWN_FORMS, **codes}
    forms = styles.find(f"{_MAIN}cellXfs")
    numbered_forms = enumerate(forms if forms is not None else ())
    currencies = {
        str(number): _currency_in(codes.get(str(form.get("numFmtId")), "")) for number, form in numbered_forms
    }
    return {number: currency for number, currency in currencies.items() if currency is not None}


def _currency_in(code: str) -> str | None:
    """Return the currency that a form shows, or the sign of a percentage, which no sum has."""
    if "%" in code:
        return "%"
    if match := _CODE.search(code):
        return match[1] or match[2]
    return next((currency for sign, currency in _SIGNS.items() if sign in code), None)


def _marks_in(part: IO[bytes], forms: Mapping[str, str]) -> CellMarks:
    faults: dict[str, str] = {}
    currencies: dict[str, str] = {}
    hidden_rows: set[int] = set()
    number, reach = 0, SheetReach()
    for _, element in iterparse(part):
        match element.tag.removeprefix(_MAIN):
            case "c":
                address = str(element.get("r", ""))
                if fault := _fault_of(element):
                    faults[address] = fault
                if element.get("s") in forms:
                    currencies[address] = forms[str(element.get("s"))]
            case "row":
                number = int(element.get("r") or number + 1)
                reach = reach_with(reach, element, number)
                if element.get("hidden") in {"1", "true"}:
                    hidden_rows.add(number)
                element.clear()
            case _:
                pass
    return CellMarks(faults, currencies, frozenset(hidden_rows), reach)


def _fault_of(cell: Element) -> str | None:
    value = cell.findtext(f"{_MAIN}v")
    if cell.get("t") == "e":
        return BROKEN
    if cell.find(f"{_MAIN}f") is not None and not value and cell.find(f"{_MAIN}is") is None:
        return NO_VALUE
    if cell.get("t", "n") == "n" and value and _digits(value) > 15:
        return LONG
    return None


def _digits(value: str) -> int:
    """Return the digits of a whole number. A fraction may have more, which calculating leaves behind."""
    try:
        number = float(value)
    except ValueError:
        return 0
    return len(f"{abs(number):.0f}") if number.is_integer() or abs(number) >= 1e15 else 0
