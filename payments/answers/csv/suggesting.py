"""Suggest a mapping for a bank's CSV from its headings and first rows. People read it before anybody signs it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from payments.answers.csv.rows import as_typed
from payments.answers.elements import MessageFault

_DELIMITERS: Final = (";", ",", "\t", "|")
_MOST_LINES: Final = 20
_HEADINGS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "booked_on": r"book|posting|buchung(stag|sdatum)?\b|transaction date|^date|^datum|comptab|boekdatum|fecha",
        "value_on": r"valu",
        "debit": r"debit|soll|withdraw|money out|paid out|d.bito",
        "credit": r"credit|haben|deposit|money in|paid in|cr.dito",
        "amount": r"amount|betrag|montant|bedrag|importe|umsatz",
        "balance": r"balance|saldo|solde",
        "currency": r"curr|w.hrung|devise|munt|moneda",
        "reference": r"ref",
        "text": r"text|descr|detail|narrat|zweck|libell|omschrijving|concepto|memo",
    }.items()
}
"""Words of headings in English, German, French, Dutch and Spanish, for each column. The first that fits is taken."""

_DATES: Final = (
    ("YYYY-MM-DD", r"\d{4}-\d\d-\d\d"), ("YYYYMMDD", r"\d{8}"), ("DD.MM.YYYY", r"\d\d\.\d\d\.\d{4}"),
    ("DD-MM-YYYY", r"\d\d-\d\d-\d{4}"), ("DD/MM/YYYY", r"\d\d/\d\d/\d{4}"),
)  # fmt: skip


class Suggestion(NamedTuple):
    """A mapping in the form of its file (TOML), and what people must look at."""

    text: str
    questions: tuple[str, ...]


def suggest_mapping(content: bytes) -> Suggestion:
    """Return a mapping that may fit a CSV.

    Raises:
        MessageFault: No line of it looks like headings.
    """
    encoding, text = _decoded(content)
    delimiter, first_lines, headings, rows = _table(text)
    columns = _columns(headings)
    samples = {name: [row[headings.index(heading)] for row in rows] for name, heading in columns.items()}
    dates, decimal = _date_form(samples.get("booked_on", ())), _decimal(samples)
    thousands = _thousands(samples, decimal)
    settings = {
        "delimiter": delimiter,
        "decimal": decimal,
        "thousands": thousands,
        "dates": dates,
        "encoding": encoding,
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    lines.append(f"first_lines = {first_lines}")
    if "currency" not in columns:
        lines.append('currency = "USD"')
    lines.extend(["", "[columns]", *(f"{name} = {_quoted(heading)}" for name, heading in columns.items())])
    return Suggestion("\n".join(lines) + "\n", tuple(_questions(columns, dates)))


def _decoded(content: bytes) -> tuple[str, str]:
    try:
        return "utf-8", content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252", content.decode("cp1252", "replace")


def _table(text: str) -> tuple[str, int, list[str], list[list[str]]]:
    """Return the delimiter, the lines before the headings, the headings and the rows under them."""
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            lines = [[cell.strip() for cell in cells] for cells in reader]
        except csv.Error:
            continue
        for place, cells in enumerate(lines[:_MOST_LINES]):
            if len({"booked_on", "balance"} & _columns(cells).keys()) == 2:
                return delimiter, place, cells, [row for row in lines[place + 1 :] if len(row) == len(cells)]
    raise MessageFault("no line of it has the heading of a booking date and of a balance; write the mapping by hand")


def _columns(headings: Sequence[str]) -> dict[str, str]:
    """Return the headings that say what they are, by the name of their column, each once."""
    columns: dict[str, str] = {}
    for name, pattern in _HEADINGS.items():
        free = (heading for heading in headings if heading and heading not in columns.values())
        if heading := next((heading for heading in free if pattern.search(heading)), None):
            columns[name] = heading
    if "amount" in columns or not {"debit", "credit"} <= columns.keys():
        columns.pop("debit", None)
        columns.pop("credit", None)
    return columns


def _date_form(dates: Iterable[str]) -> str:
    forms = Counter(form for date in dates for form, pattern in _DATES if re.fullmatch(pattern, date))
    form = forms.most_common(1)[0][0] if forms else "YYYY-MM-DD"
    if form == "DD/MM/YYYY" and any(re.fullmatch(r"\d\d/(1[3-9]|2\d|3[01])/\d{4}", date) for date in dates):
        return "MM/DD/YYYY"
    return form


def _sums(samples: Mapping[str, Sequence[str]]) -> list[str]:
    return [as_typed(sum_) for name in ("amount", "debit", "credit", "balance") for sum_ in samples.get(name, ())]


def _decimal(samples: Mapping[str, Sequence[str]]) -> str:
    ends = Counter(match[1] for sum_ in _sums(samples) if (match := re.search(r"([.,])\d\d?$", sum_)))
    return ends.most_common(1)[0][0] if ends else "."


def _thousands(samples: Mapping[str, Sequence[str]], decimal: str) -> str:
    signs = Counter(sign for sum_ in _sums(samples) for sign in re.findall(r"(?<=\d)([.,' ])(?=\d{3})", sum_))
    del signs[decimal]
    return signs.most_common(1)[0][0] if signs else ""


def _quoted(text: str) -> str:
    content = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{content}"'


def _questions(columns: Mapping[str, str], dates: str) -> Iterable[str]:
    if "amount" not in columns and "debit" not in columns:
        yield "no column of sums was recognised: give `amount`, or both `debit` and `credit`"
    if "currency" not in columns:
        yield "no column says the currency: write the account's own"
    if "/" in dates:
        yield f"dates are read as {dates}: compare a day beyond the 12th with the bank's page"
