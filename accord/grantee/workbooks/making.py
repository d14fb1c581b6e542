"""Write a form as a workbook: locked but for its answers, which hold what was written so far. Nothing in it acts."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from accord.grantee.questions.answers import digest_of_draft
from accord.grantee.store import FieldText
from accord.grantee.words import DoorWords
from accord.grantee.workbooks.cells import CellReader, OpenedCell
from accord.grantee.workbooks.drafts import drafts_of
from accord.grantee.workbooks.layout import (
    ANSWER,
    DETAIL,
    FORM,
    LABEL,
    NUMBER,
    ORIGIN,
    FormLayout,
    InputPlace,
    LaidSheet,
)

FIRST_FIELD: Final = 6
"""The row of the hidden sheet from which fields stand, counted from 1."""
_WIDTHS: Final = {"area": 60, "line": 36, "email": 36, "choice": 24}
_WIDTH: Final = 18
_MOST_CHOICES: Final = 255
"""The most letters of all choices of a cell together: programs hold no longer list."""
_STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "guide": {"text_wrap": False},
    "question": {"bold": True},
    "hint": {"italic": True, "font_color": "#555555"},
    "heading": {"bold": True, "bottom": 1},
    "answer": {},
    "input": {"locked": False, "border": 1, "bg_color": "#FFF9DB", "num_format": "@"},
    "input_number": {"locked": False, "border": 1, "bg_color": "#FFF9DB"},
}
_WRAPPED: Final = {"text_wrap": True, "valign": "top"}
_NUMBERS: Final = frozenset({"money", "number", "integer"})


class FormCopy(NamedTuple):
    """One copy of a form: its title, what it is about, and the mark by which it is known when it comes back."""

    title: str
    about: str
    mark: str


class FormWriter:
    """Writes one copy of a form."""

    def __init__(self, layout: FormLayout, copy: FormCopy, words: DoorWords, reader: CellReader) -> None:
        self._layout = layout
        self._copy = copy
        self._words = words
        self._reader = reader

    def workbook(self, texts: Mapping[str, list[FieldText]]) -> bytes:
        """Return it as a workbook. `texts`: by field, the texts that were written, the one that stands first."""
        from xlsxwriter import Workbook

        content = io.BytesIO()
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        }  # fmt: skip
        with Workbook(content, options) as book:
            styles = {name: book.add_format({**_WRAPPED, **style}) for name, style in _STYLES.items()}
            for laid in self._layout.sheets:
                sheet = book.add_worksheet(laid.title)
                self._write_frame(sheet, laid, styles)
                self._write_answers(sheet, laid, texts, styles)
            self._write_origin(book.add_worksheet(ORIGIN), texts)
        return content.getvalue()

    def _write_frame(self, sheet: Any, laid: LaidSheet, styles: Mapping[str, Any]) -> None:
        sheet.write_string(0, 0, f"{self._copy.title}: {laid.heading}", styles["title"])
        guide = f"{self._copy.about}. {self._words('workbook.guide')}"
        sheet.write_string(1, 0, guide, styles["guide"])
        for row in laid.rows:
            texts = {NUMBER: row.number, LABEL: row.label, DETAIL: row.detail}
            for column, text in {**texts, **dict(enumerate(row.headings, ANSWER))}.items():
                if text:
                    sheet.write_string(row.row - 1, column - 1, text, styles[row.look])
        for column, width in {NUMBER: 6, LABEL: 52, DETAIL: 18, **_widths(laid)}.items():
            sheet.set_column(column - 1, column - 1, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.protect("", {"format_columns": True, "format_rows": True})

    def _write_answers(
        self, sheet: Any, laid: LaidSheet, texts: Mapping[str, list[FieldText]], styles: Mapping[str, Any]
    ) -> None:
        for row, place in laid.inputs:
            at = (row.row - 1, place.column - 1)
            style = styles["input_number" if place.input.look in _NUMBERS else "input"]
            if text := self._standing(place, texts):
                sheet.write_string(*at, text, style)
            else:
                sheet.write_blank(*at, None, style)
            choices = [self._words("answer.yes")] if place.choice else self._reader.choices(place.input)
            if choices and len(",".join(choices)) <= _MOST_CHOICES:
                sheet.data_validation(*at, *at, {"validate": "list", "source": choices})

    def _write_origin(self, sheet: Any, texts: Mapping[str, list[FieldText]]) -> None:
        """Write of which form it is, and of each field the revision and the digest of what stands in its cells."""
        marks = {
            "form": FORM, "digest": self._layout.sha256, "language": self._words.language, "copy": self._copy.mark,
        }  # fmt: skip
        for row, entry in enumerate(marks.items()):
            sheet.write_row(row, 0, entry)
        standing = drafts_of(self._layout, lambda _, __, place: self._cell(place, texts), self._reader).drafts
        for row, (name, draft) in enumerate(standing.items(), FIRST_FIELD - 1):
            revision = texts[name][0].revision if name in texts else 0
            sheet.write_row(row, 0, (name, str(revision), digest_of_draft(draft)))
        sheet.protect()
        sheet.hide()

    def _cell(self, place: InputPlace, texts: Mapping[str, list[FieldText]]) -> OpenedCell | None:
        text = self._standing(place, texts)
        return OpenedCell("t", text) if text else None

    def _standing(self, place: InputPlace, texts: Mapping[str, list[FieldText]]) -> str:
        """Return the text of an input as it stands in its cell, or ''."""
        draft = texts[place.field.name][0].value if place.field.name in texts else ""
        if place.choice:
            return self._words("answer.yes") if isinstance(draft, list) and place.choice in draft else ""
        if isinstance(draft, dict):
            draft = draft.get(place.input.part, "")
        return self._reader.shown(place.input, draft)


def _widths(laid: LaidSheet) -> dict[int, int]:
    widths = dict[int, int]()
    for _, place in laid.inputs:
        widths[place.column] = max(widths.get(place.column, _WIDTH), _WIDTHS.get(place.input.look, _WIDTH))
    return widths
