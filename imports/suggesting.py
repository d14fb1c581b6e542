"""Suggest a mapping for a table, from its headings and rows. People read each line before anybody signs a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from domain.imported.mapping import REQUIRED
from imports.tables.delimited import read_delimited
from imports.tables.table import Table, TableFault
from imports.tables.workbooks import read_workbook

_HEADINGS: Final[Mapping[str, str]] = {
    "key": r"(grant|request|application|project|award|contract|file|record)?[ _-]*(no\b|no\.|number|ref|id\b|key)",
    "ein": r"\bein\b|tax ?id|taxpayer",
    "partner_kind": r"(organi[sz]ation|grantee|partner|recipient)[ _-]*(type|kind)|legal form",
    "partner": r"organi[sz]ation|\borg\b|grantee|partner|recipient|beneficiary|institution|payee",
    "country": r"country|pays\b|land\b|pa[ií]s\b",
    "title": r"title|project name|grant name|name of project|short description",
    "stage": r"status|stage|state\b",
    "agreed": r"(grant|award|total|approved|agreed|contract)[ _-]*(amount|sum|value)|^amount$|amount awarded",
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
    columns = _columns(table.headings)
    sums, questions = _sums(table.headings, set(columns.values())), []
    dates, question = _dates(table)
    questions += [question] if question else []
    questions += _questions(columns)
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


def _columns(headings: Iterable[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for heading in filter(None, headings):
        if _PAYMENT.search(heading) or _RETURN.search(heading) or _OPEN.search(heading):
            continue
        fits = (field for field, words in _HEADINGS.items() if re.search(words, heading, re.IGNORECASE))
        field = next((field for field in fits if field not in columns), None)
        if field is not None:
            columns[field] = heading
    return columns


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
            words = _words(table, heading) if field in {"stage", "direction", "partner_kind"} else ""
            lines.append(f"{field} = {{ column = {_quoted(heading)}{words} }}")
    return lines


def _words(table: Table, heading: str) -> str:
    """Return the words of a column, each to be given its meaning."""
    words = dict.fromkeys(row.cells[heading].text.strip() for row in table.rows)
    pairs = ", ".join(f"{_quoted(word)} = '?'" for word in list(filter(None, words))[:_MOST_WORDS])
    return f", values = {{ {pairs} }}" if pairs else ""


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
    missing = [field for field in REQUIRED if field not in columns]
    questions = [f"{field}: no heading looks like it; name its column, or keep the constant" for field in missing]
    if "stage" in columns:
        questions.append("stage: write IN_FORCE or ENDED for each word")
    if "ein" in columns:
        questions.append("ein: where it holds numbers, add `pad = true` once you have seen that zeros were lost")
    return questions


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
