"""The sheets of an edition's workbook by its kind: settings, words, and a row for each entry."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from domain.editions.content import Path
from domain.editions.kinds import EditionKind


class CellKind(Enum):
    """The kind of value that a cell holds."""

    TEXT = "text"
    WHOLE = "a whole number"
    DECIMAL = "a number"
    FLAG = "yes or no"
    LIST = "several, with commas"
    DAY = "a day, such as 2026-11-30"


class SheetSetting(NamedTuple):
    """A value with its heading, and its place in the content."""

    heading: str
    place: Path
    kind: CellKind = CellKind.TEXT


class RowSheet(NamedTuple):
    """A sheet with a row for each entry of a list."""

    title: str
    place: str
    columns: tuple[SheetSetting, ...]
    has_words: bool = True
    """Whether each entry has a label and a hint in each language."""


def _setting(heading: str, kind: CellKind = CellKind.TEXT) -> SheetSetting:
    return SheetSetting(heading, tuple(heading.split(".")), kind)


EDITION, WORDS, QUESTIONS, FIELDS, TEMPLATE = "Edition", "Words", "Questions", "Fields", "Template"
LABELS: Final = ("label", "hint")

_EVERY: Final = (
    _setting("kind"),
    _setting("name"),
    _setting("edition"),
    _setting("languages", CellKind.LIST),
)


def _reference(name: str) -> tuple[SheetSetting, ...]:
    return tuple(_setting(f"{name}.{part}") for part in ("name", "edition", "sha256"))


SETTINGS: Final = {
    EditionKind.QUESTIONS: (*_EVERY, _setting("form")),
    EditionKind.BUDGET: (
        *_EVERY,
        _setting("indirect_most", CellKind.DECIMAL),
        _setting("indirect_of"),
        _setting("free_move", CellKind.DECIMAL),
        _setting("free_floor", CellKind.DECIMAL),
        _setting("periods_most", CellKind.WHOLE),
    ),
    EditionKind.SHEET: _EVERY,
    EditionKind.LETTER: (*_EVERY, _setting("for")),
    EditionKind.CALL: (
        *_EVERY,
        _setting("funder"),
        _setting("programme"),
        _setting("currency"),
        _setting("funds", CellKind.LIST),
        _setting("opens_on", CellKind.DAY),
        _setting("closes_on", CellKind.DAY),
        _setting("invited", CellKind.FLAG),
        _setting("rules.payee_kinds", CellKind.LIST),
        _setting("rules.countries", CellKind.LIST),
        _setting("rules.least", CellKind.DECIMAL),
        _setting("rules.most", CellKind.DECIMAL),
        _setting("rules.open_grants_most", CellKind.WHOLE),
        _setting("rules.overdue_reports_bar", CellKind.FLAG),
        *_reference("questions"),
        *_reference("budget"),
        *_reference("sheet"),
        _setting("reviewers_least", CellKind.WHOLE),
        _setting("docket", CellKind.FLAG),
    ),
}  # fmt: skip
"""The rows of the first sheet, by kind."""

ROWS: Final = {
    EditionKind.BUDGET: RowSheet("Categories", "categories", (_setting("code"), _setting("kind"))),
    EditionKind.SHEET: RowSheet(
        "Criteria",
        "criteria",
        (_setting("code"), _setting("least", CellKind.WHOLE), _setting("most", CellKind.WHOLE)),
    ),
    EditionKind.CALL: RowSheet(
        "Reports",
        "reports",
        (_setting("report_kind"), _setting("after_months", CellKind.WHOLE), *_reference("questions")),
        has_words=False,
    ),
}
"""The sheet of a kind whose entries are a list."""

QUESTION_COLUMNS: Final = ("id", "page", "kind", "needed", "shown if", "fact", "asks", "least", "most", "choices")
"""The columns of a question, before its words in each language."""
QUESTION_WORDS: Final = (*LABELS, "choices")

SHEETS: Final = {
    EditionKind.QUESTIONS: (EDITION, WORDS, QUESTIONS),
    EditionKind.BUDGET: (EDITION, WORDS, ROWS[EditionKind.BUDGET].title),
    EditionKind.SHEET: (EDITION, WORDS, ROWS[EditionKind.SHEET].title),
    EditionKind.LETTER: (EDITION, WORDS, FIELDS, TEMPLATE),
    EditionKind.CALL: (EDITION, WORDS, ROWS[EditionKind.CALL].title),
}
"""The sheets of each kind."""
