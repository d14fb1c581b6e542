"""Suggest a mapping for a table, from its headings and rows. People read each line before anybody signs a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

import pycountry

from domain.imported.claims import ClaimedStage
from domain.imported.mapping import REQUIRED
from domain.legs.direction import Direction
from domain.parties import PartyKind
from imports.tables.delimited import read_delimited
from imports.tables.table import SourceRow, Table, TableFault
from imports.tables.workbooks import read_workbook

_HEADINGS: Final[Mapping[str, str]] = {
    "ein": r"\bein\b|tax[ _-]*(payer|id|(no|nr|number)\b)",
    "key": r"(grant|request|application|project|award|contract|file|record)?[ _-]*(no\b|no\.|number|ref|id\b|key)",
    "partner_kind": (
        r"(organi[sz]ation|\borg|grantee|partner|recipient)[ _-]*(type|kind)|legal form"
        r"|(type|kind) of (organi[sz]ation|org\b|grantee|partner|recipient)"
    ),
    "partner": r"organi[sz]ation|\borg\b|grantee|partner|recipient|beneficiary|institution|payee",
    "country": r"country|pays\b|land\b|pa[ií]s\b",
    "title": r"title|project name|grant name|name of project|^project$|short description",
    "stage": r"status|stage|state\b",
    "agreed": (
        r"(grant|award|total|approved|agreed|contract)[ _-]*(amount|sum|value)|^amount$|amount awarded"
        r"|^(awarded|award|granted|grant)$"
    ),
    "currency": r"currency|^cur$|curr\b",
    "approved_on": r"approv.*(date|on\b)|decision date|award date|date approved",
    "agreed_on": r"(agreement|signed|signature|contract).*(date|on\b)|date signed|^signed$",
    "starts": r"start|begin|from\b",
    "ends": r"end\b|ends|end date|until|to\b",
    "report_due": r"report.*due|next report",
    "purpose": r"purpose|description|objective of",
    "objective": r"objective|programme|program\b|theme",
    "funder": r"funder|entity|donor\b",
    "direction": r"direction",
}
"""Words of headings for each fact. A heading goes to the first fact whose words it has and that has none yet."""

_PAYMENT: Final = re.compile(r"(paid|payment|disburse)", re.IGNORECASE)
_YEAR: Final = re.compile(r"\b(19|20)\d\d\b")
_DAY: Final = re.compile(r"date|\bon\b|day", re.IGNORECASE)
_RETURN: Final = re.compile(r"return|refund|back\b", re.IGNORECASE)
_OPEN: Final = re.compile(r"open|unpaid|outstanding|balance due|scheduled", re.IGNORECASE)
_DATES: Final = (
    ("YYYY-MM-DD", r"\d{4}-\d\d-\d\d"), ("YYYYMMDD", r"(19|20)\d{6}"), ("DD.MM.YYYY", r"\d\d\.\d\d\.\d{4}"),
    ("DD-MM-YYYY", r"\d\d-\d\d-\d{4}"),
)  # fmt: skip
_SLASHES: Final = re.compile(r"(\d\d)/(\d\d)/\d{4}")
_CONSTANTS: Final = {"direction": "FUNDS_OUT", "funder": "ISOC", "currency": "USD"}
_MOST_WORDS: Final = 12
_OPEN_MEANING: Final = "'?'"
_SEEN: Final = {
    "country": "country: where names became codes, read each: Georgia is a country, and a state",
    "ein": "ein: where it holds numbers, add `pad = true` once you have seen that zeros were lost",
}
_MISSED: Final = {
    "agreed": "agreed: no heading looks like the sum that was agreed; without it and `currency` no money comes in",
    "starts": "starts, ends: no two headings look like them; name both, or neither",
}
_TOTALS: Final = re.compile(r"(grand |sub)?totals?:?|sums?:?|summe:?|somme:?", re.IGNORECASE)
"""The first words of a row that adds the others up."""
_CHOICES: Final[Mapping[str, Iterable[str]]] = {
    "stage": ClaimedStage, "direction": Direction, "partner_kind": PartyKind,
}  # fmt: skip
"""The facts that are one of a few words here."""


class SuggestedMapping(NamedTuple):
    """A mapping in the form of its file (TOML), and what people must look at."""

    text: str
    questions: tuple[str, ...]


def suggest(name: str, content: bytes, source: str, first_reference: str, sheet: str | None = None) -> SuggestedMapping:
    """Return a mapping that may fit a table.

    Raises:
        TableFault: It cannot be read as a table.
    """
    settings, table = _table(name, content, sheet)
    columns = _in_pairs(_columns(table.headings, table))
    sums, questions = _sums(table.headings, set(columns.values())), []
    dates, question = _dates(table)
    questions += [question] if question else []
    questions += [*_questions(columns), *_total_rows(table)]
    lines = [f"source = {_quoted(source)}", f"first_reference = {_quoted(first_reference)}"]
    lines += [f"{key} = {_quoted(value) if isinstance(value, str) else value}" for key, value in settings.items()]
    lines += [f"dates = {_quoted(dates)}"] if dates else []
    lines += ["", "[fields]", *_fields(columns, table, has_money="agreed" in columns)]
    for kind, part in sums:
        lines += ["", f"[[{kind}]]", *part]
    return SuggestedMapping("\n".join(lines) + "\n", tuple(questions))


def _table(name: str, content: bytes, sheet: str | None) -> tuple[dict[str, str | int], Table]:
    if not name.lower().endswith(".csv"):
        table = read_workbook(name, content, sheet, _headings_row(name, content, sheet))
        return {"sheet": table.sheet, "headings_in": _headings_row(name, content, sheet)}, table
    first_line = content[:4096].decode("utf-8", "replace").partition("\n")[0]
    delimiter = max(",;\t|", key=first_line.count)
    try:
        return {"delimiter": delimiter}, read_delimited(name, content, delimiter, None, 1)
    except TableFault:
        return {"delimiter": delimiter, "encoding": "cp1252"}, read_delimited(name, content, delimiter, "cp1252", 1)


def _headings_row(name: str, content: bytes, sheet: str | None) -> int:
    """Return the first row of which three cells or more look like headings."""
    for number in range(1, 11):
        try:
            table = read_workbook(name, content, sheet, number)
        except TableFault as fault:
            if "headings_in" not in str(fault):
                raise
            continue
        if len(_columns(table.headings)) >= 3:
            return number
    return 1


def _columns(headings: Iterable[str], table: Table | None = None) -> dict[str, str]:
    """Return the heading of each fact that one looks like. With a table, a column of days is no agreed sum."""
    columns: dict[str, str] = {}
    for heading in filter(None, headings):
        if _PAYMENT.search(heading) or _RETURN.search(heading) or _OPEN.search(heading):
            continue
        fits = (field for field, words in _HEADINGS.items() if re.search(words, heading, re.IGNORECASE))
        field = next((field for field in fits if field not in columns), None)
        if field == "agreed" and table is not None and _holds_days(table, heading):
            field = "approved_on" if "approved_on" not in columns else None
        if field is not None:
            columns[field] = heading
    return columns


def _holds_days(table: Table, heading: str) -> bool:
    """True if the first cell of a column that says something is a day, by its kind or by its form."""
    cell = next((row.cells[heading] for row in table.rows if row.cells[heading].text.strip()), None)
    patterns = (_SLASHES.pattern, *(pattern for _, pattern in _DATES))
    return cell is not None and (
        isinstance(cell.value, date)
        or (isinstance(cell.value, str) and any(re.fullmatch(pattern, cell.text.strip()) for pattern in patterns))
    )


def _in_pairs(columns: dict[str, str]) -> dict[str, str]:
    """Return the columns without the start or end of a period whose other day no column gives."""
    if ("starts" in columns) == ("ends" in columns):
        return columns
    return {field: heading for field, heading in columns.items() if field not in {"starts", "ends"}}


def _sums(headings: Sequence[str], taken_headings: set[str]) -> list[tuple[str, list[str]]]:
    """Return the columns of sums: each kind with its lines. The column of a day stands to the right of its sum."""
    parts = []
    for place, heading in enumerate(headings):
        kinds = (("returns", _RETURN), ("tranches", _OPEN), ("payments", _PAYMENT))
        kind = next((kind for kind, words in kinds if words.search(heading)), None)
        if kind is None or heading in taken_headings or _DAY.search(heading):
            continue
        lines = [f"amount = {_quoted(heading)}"]
        following = headings[place + 1] if place + 1 < len(headings) else ""
        if year := _YEAR.search(heading):
            lines += [f"year = {year[0]}"]
        elif _DAY.search(following) and following not in taken_headings:
            lines += [f"on = {_quoted(following)}"]
        parts.append((kind, lines))
    return parts


def _fields(columns: Mapping[str, str], table: Table, *, has_money: bool) -> list[str]:
    lines = []
    needed = [*REQUIRED, *(["currency"] if has_money else [])]
    for field in dict.fromkeys((*needed, *columns)):
        if field == "currency" and not has_money:
            continue
        heading = columns.get(field)
        if heading is None:
            lines.append(f"{field} = {{ constant = {_quoted(_CONSTANTS.get(field, '?'))} }}")
        else:
            words = _words(table, heading, field)
            lines.append(f"{field} = {{ column = {_quoted(heading)}{words} }}")
    return lines


def _words(table: Table, heading: str, field: str) -> str:
    """Return the words of a column, each with its meaning or with the place of it. '' where none needs one."""
    texts = (row.cells[heading].text.strip() for row in table.rows if not _adds_up(row))
    words = list(filter(None, dict.fromkeys(texts)))
    if field == "country" and not all(re.fullmatch(r"[A-Z]{2}", word) for word in words):
        meanings = {word: _country_code(word) for word in words}
    elif field in _CHOICES:
        meanings = dict.fromkeys(words[:_MOST_WORDS])
    else:
        return ""
    pairs = ", ".join(
        f"{_quoted(word)} = {_quoted(code) if code else _OPEN_MEANING}" for word, code in meanings.items()
    )
    return f", values = {{ {pairs} }}" if pairs else ""


def _country_code(word: str) -> str | None:
    """Return the code of a country by its name or another code of ISO 3166-1, or None."""
    try:
        return str(pycountry.countries.lookup(word).alpha_2)
    except LookupError:
        return None


def _adds_up(row: SourceRow) -> bool:
    return any(_TOTALS.fullmatch(cell.text.strip()) for cell in row.cells.values())


def _total_rows(table: Table) -> list[str]:
    return [
        f"row {row.number} adds the others up; take it out of the table, and keep its figures for the control totals"
        for row in table.rows
        if _adds_up(row)
    ]


def _dates(table: Table) -> tuple[str | None, str | None]:
    """Return the form of the dates that are texts, and a question where several forms fit."""
    texts = [
        cell.value.strip()
        for row in table.rows
        for cell in row.cells.values()
        if isinstance(cell.value, str) and not isinstance(cell.value, date | Decimal)
    ]
    for form, pattern in _DATES:
        if any(re.fullmatch(pattern, text) for text in texts):
            return form, None
    slashes = [match for text in texts if (match := _SLASHES.fullmatch(text))]
    if not slashes:
        return None, None
    first, second = max(int(part[1]) for part in slashes), max(int(part[2]) for part in slashes)
    if first <= 12 and second <= 12:
        return "DD/MM/YYYY", "dates: every date fits both DD/MM/YYYY and MM/DD/YYYY; ask whoever wrote them"
    return ("DD/MM/YYYY" if first > 12 else "MM/DD/YYYY"), None


def _questions(columns: Mapping[str, str]) -> list[str]:
    questions = [f"{field}: no heading looks like it; {_remedy(field)}" for field in REQUIRED if field not in columns]
    questions += [
        f"{field}: write {' or '.join(choices)} for each word"
        for field, choices in _CHOICES.items()
        if field in columns
    ]
    questions += [words for field, words in _SEEN.items() if field in columns]
    questions += [words for field, words in _MISSED.items() if field not in columns]
    return questions


def _remedy(field: str) -> str:
    if field in _CONSTANTS:
        return f"name its column, or keep {_CONSTANTS[field]}, if that is so of every row"
    return "name its column, or write one text for every row"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
