"""A report on another system as a workbook: what would have been stopped or asked, by rule, and what is unknown."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from openpyxl import Workbook

from domain.shadow.report import ShadowReport
from domain.values import for_xml

Line = tuple[object, ...]

_OBJECTIONS: Final = ("Outcome", "Decision", "Key", "Day", "Sum", "Currency", "Rule", "Source", "Reason", "Place")
_RULES: Final = ("Rule", "Source", "Passed", "Unknown", "Asked", "Stopped")
_UNKNOWN: Final = ("Table", "Field", "Reason", "Rows", "Example")
_WIDTHS: Final = {"Reason": 90, "Source": 44, "Example": 70, "Place": 26, "Rule": 24, "Value": 90}


def as_workbook_of(report: ShadowReport) -> bytes:
    """Return the workbook of a report. Texts of the other system stay texts, however they begin."""
    book = Workbook()
    first: Any = book.active
    first.title = "Decisions"
    _fill(first, _OBJECTIONS, _objections(report))
    _fill(book.create_sheet("Rules"), _RULES, _rules(report))
    _fill(book.create_sheet("Unknown"), _UNKNOWN, _unknown(report))
    _fill(book.create_sheet("About"), ("About", "Value"), _about(report))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _objections(report: ShadowReport) -> Iterator[Line]:
    for o in report.objections:
        money = (o.money.amount, o.money.currency) if o.money is not None else (None, None)
        yield (o.outcome.value, o.kind.value, o.key, o.day, *money, o.rule, o.source, o.words, o.place)


def _rules(report: ShadowReport) -> Iterator[Line]:
    for count in report.rules:
        yield (count.rule, count.source, count.passed, count.unknown, count.asked, count.stopped)


def _unknown(report: ShadowReport) -> Iterator[Line]:
    for fact in report.unknown:
        yield (fact.table, fact.field, fact.why.value, fact.rows, fact.example)


def _about(report: ShadowReport) -> Iterator[Line]:
    yield ("Another system's export", report.source)
    yield ("As of", report.day)
    yield ("Decisions from", report.since)
    yield ("Edition of the rules", report.rule_book)
    yield ("Report (SHA-256)", report.sha256)
    yield ("Mapping (SHA-256)", report.mapping_sha256)
    yield from ((f"{file.name} (SHA-256)", file.sha256) for file in report.files)
    yield from ((f"{v.register_name} of {v.source_date}", f"version {v.version}, {v.sha256}") for v in report.registers)
    yield from (("Not asked", subject) for subject in report.not_asked)
    yield ("Nothing was decided", "Accord would have stopped or asked; the other system decided.")


def _fill(sheet: Any, headings: Line, lines: Iterable[Line]) -> None:
    sheet.append(headings)
    for number, line in enumerate(lines, 2):
        for column, value in enumerate(line, 1):
            cell = sheet.cell(number, column)
            cell.value = for_xml(value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins as a formula stays a text
    for place, heading in enumerate(headings, 1):
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = _WIDTHS.get(str(heading), 16)
    sheet.freeze_panes = "A2"
