"""The texts of a form's fields as its cells say them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from accord.grantee.questions.fields import typed
from accord.grantee.words import AnswerFault
from accord.grantee.workbooks.cells import CellReader, OpenedCell
from accord.grantee.workbooks.layout import FormLayout, InputPlace, LaidRow, LaidSheet

CellAt = Callable[[LaidSheet, LaidRow, InputPlace], OpenedCell | None]
"""Returns the cell of an input, or None where nothing stands in it."""


class CellPlace(NamedTuple):
    """A cell by its sheet, row and column, the latter two counted from 1."""

    sheet: str
    row: int
    column: int

    @property
    def words(self) -> str:
        """Its name as programs show it, such as Money!D7."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        return f"{self.sheet}!{xl_rowcol_to_cell(self.row - 1, self.column - 1)}"


class CellFault(NamedTuple):
    """A fault with the cell in which it is mended."""

    place: CellPlace
    fault: AnswerFault


class CellDrafts(NamedTuple):
    """The texts by field, as the cells say them."""

    drafts: dict[str, Any]
    faults: list[CellFault]


def drafts_of(layout: FormLayout, cell_at: CellAt, reader: CellReader) -> CellDrafts:
    """Return the text of each field of a layout, as somebody would have typed it."""
    texts, fields, faults = dict[str, dict[str, Any]](), {}, list[CellFault]()
    for sheet in layout.sheets:
        for row, place in sheet.inputs:
            fields[place.field.name] = place.field
            text = _text(reader, place, cell_at(sheet, row, place))
            if isinstance(text, AnswerFault):
                faults.append(CellFault(CellPlace(sheet.title, row.row, place.column), text))
            elif text:
                _put(texts.setdefault(place.field.name, {}), place, text)
    return CellDrafts({name: typed(field, texts.get(name, {})) for name, field in fields.items()}, faults)


def _text(reader: CellReader, place: InputPlace, cell: OpenedCell | None) -> str | AnswerFault:
    if cell is None:
        return ""
    if not place.choice:
        return reader.text(place.input, cell)
    answer = reader.says_yes(cell)
    return answer if isinstance(answer, AnswerFault) else place.choice if answer else ""


def _put(texts: dict[str, Any], place: InputPlace, text: str) -> None:
    if place.choice:
        texts.setdefault(place.input.part, []).append(text)
    else:
        texts[place.input.part] = text


def places_of(layout: FormLayout) -> dict[tuple[str, str], CellPlace]:
    """Return the cell of each input by its field and part: of several choices, that of the first."""
    places = dict[tuple[str, str], CellPlace]()
    for sheet in layout.sheets:
        for row, place in sheet.inputs:
            places.setdefault((place.field.name, place.input.part), CellPlace(sheet.title, row.row, place.column))
    return places
