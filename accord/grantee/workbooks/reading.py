"""Read a form that came back: whether it is this one, what it says, and what is wrong in which cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from accord.grantee.questions.answers import AnswerReader, bank_fault, digest_of_draft, size_fault
from accord.grantee.questions.fields import StoredField
from accord.grantee.questions.sheet import DoorQuestion
from accord.grantee.store import FieldText
from accord.grantee.words import TABLES, AnswerFault
from accord.grantee.workbooks.cells import CellReader, OpenedCell
from accord.grantee.workbooks.drafts import CellFault, CellPlace, drafts_of, places_of
from accord.grantee.workbooks.layout import FORM, ORIGIN, FormLayout, InputPlace, LaidRow, LaidSheet
from accord.grantee.workbooks.making import FIRST_FIELD
from accord.grantee.workbooks.opening import OpenedSheet, WorkbookRefused

_REVISION: Final = re.compile(r"[0-9]{1,9}")
_MARK: Final = re.compile(r"[0-9a-f]{16}")
_SHORT: Final = 8
"""The letters of a digest that people are shown."""


class CopyOrigin(NamedTuple):
    """The origin of a workbook, as its hidden sheet says it: of which form it is, and what stood in its fields."""

    digest: str
    language: str
    mark: str
    """The mark of this copy."""
    revisions: Mapping[str, int]
    """By field: the revision of what stood there, 0 for nothing."""
    digests: Mapping[str, str]
    """By field: the digest of what its cells said."""


def origin_of(sheets: Mapping[str, OpenedSheet]) -> CopyOrigin:
    """Return the origin of a workbook. Raises WorkbookRefused for one that is no form of a door."""
    origin = sheets.get(ORIGIN)
    if origin is None:
        raise WorkbookRefused("workbook.other")
    marks = {origin.text(row, 1): origin.text(row, 2) for row in range(1, FIRST_FIELD)}
    if marks.get("form") != FORM or marks.get("language") not in TABLES or not _MARK.fullmatch(marks.get("copy", "")):
        raise WorkbookRefused("workbook.other")
    rows = [row for row, column in origin.cells if column == 1 and row >= FIRST_FIELD]
    fields = [(origin.text(row, 1), origin.text(row, 2), origin.text(row, 3)) for row in rows]
    revisions = {name: int(revision) for name, revision, _ in fields if _REVISION.fullmatch(revision)}
    digests = {name: digest for name, _, digest in fields}
    return CopyOrigin(marks.get("digest", ""), marks["language"], marks["copy"], revisions, digests)


def require_same_form(origin: CopyOrigin, layout: FormLayout) -> None:
    """Compare a workbook with this form as it shows itself now. Raises WorkbookRefused for another."""
    if origin.digest != layout.sha256:
        raise WorkbookRefused("workbook.other_form", theirs=origin.digest[:_SHORT] or "?", ours=layout.sha256[:_SHORT])


class SaidByForm(NamedTuple):
    """The texts of a workbook by field, and the faults of its cells."""

    drafts: dict[str, Any]
    faults: list[CellFault]


def said_by(sheets: Mapping[str, OpenedSheet], layout: FormLayout, reader: CellReader) -> SaidByForm:
    """Return the text of each field. Raises WorkbookRefused where a sheet is missing or origin."""
    for laid in layout.sheets:
        if laid.title not in sheets:
            raise WorkbookRefused("workbook.sheet", sheet=laid.title)
        if sheets[laid.title].is_hidden:
            raise WorkbookRefused("workbook.hidden", sheet=laid.title)
    if faults := [fault for laid in layout.sheets for fault in _moved(laid, sheets[laid.title])]:
        return SaidByForm({}, faults)

    def cell_at(laid: LaidSheet, row: LaidRow, place: InputPlace) -> OpenedCell | None:
        return sheets[laid.title].cells.get((row.row, place.column))

    drafts, faults = drafts_of(layout, cell_at, reader)
    return SaidByForm(drafts, [*_merged(layout, sheets), *faults])


def _moved(laid: LaidSheet, sheet: OpenedSheet) -> Iterator[CellFault]:
    """Yield the first row of answers that stands elsewhere than it was laid: what is below it is not read."""
    for row in laid.rows:
        column, text = row.name
        if row.inputs and sheet.text(row.row, column).removesuffix(".0") != " ".join(text.split()):
            fault = AnswerFault("workbook.moved", {"expected": text[:60]})
            yield CellFault(CellPlace(laid.title, row.row, column), fault)
            return


def _merged(layout: FormLayout, sheets: Mapping[str, OpenedSheet]) -> Iterator[CellFault]:
    for laid in layout.sheets:
        for row, place in laid.inputs:
            if words := sheets[laid.title].merged_at(row.row, place.column):
                fault = AnswerFault("workbook.merged", {"range": words[:20]})
                yield CellFault(CellPlace(laid.title, row.row, place.column), fault)


class FieldOfForm(NamedTuple):
    """A field with the question that it answers."""

    question: DoorQuestion
    field: StoredField


def fields_laid(layout: FormLayout) -> dict[str, FieldOfForm]:
    """Return the fields of a layout by their names."""
    return {
        place.field.name: FieldOfForm(place.question, place.field) for laid in layout.sheets for _, place in laid.inputs
    }


def faults_of_changes(changes: Mapping[str, Any], layout: FormLayout, reader: AnswerReader) -> list[CellFault]:
    """Return the faults of texts that are to be saved, each with its cell: by the checks of what is typed.

    A workbook is refused also for what a page keeps as it was typed, since its reader sees the fault there at once.
    """
    fields, places = fields_laid(layout), places_of(layout)
    return [
        CellFault(places[name, part], fault)
        for name, draft in changes.items()
        for part, fault in _faults(fields[name], draft, reader)
    ]


def _faults(place: FieldOfForm, draft: Any, reader: AnswerReader) -> list[tuple[str, AnswerFault]]:
    first = place.field.inputs[0].part
    if fault := size_fault(draft):
        return [(first, fault)]
    if fault := bank_fault(draft):
        parts = draft.items() if isinstance(draft, dict) else ()
        return [(part, fault) for part, text in parts if bank_fault(text)] or [(first, fault)]
    return reader.faulty_parts(place.question, place.field, draft)


class BroughtText(NamedTuple):
    """A text that a copy brought before: its revision, and its digest."""

    revision: int
    digest: str


class KnownCopy(NamedTuple):
    """A copy of a form that came back: as it was made, and what it brought before."""

    origin: CopyOrigin
    texts: Mapping[str, BroughtText]
    """By field: the text that it brought before."""

    def is_untouched(self, name: str, draft: Any) -> bool:
        """True if nobody changed a field of it since it was made, or since it came last."""
        digest = self.texts[name].digest if name in self.texts else self.origin.digests.get(name)
        return digest == digest_of_draft(draft)

    def base(self, name: str) -> int:
        """Return the revision that whoever changed a field of it had before them."""
        return self.texts[name].revision if name in self.texts else self.origin.revisions.get(name, 0)


def changes_in(drafts: Mapping[str, Any], copy: KnownCopy, texts: Mapping[str, list[FieldText]]) -> dict[str, Any]:
    """Return the texts that somebody changed in a workbook, and that do not stand already."""
    return {
        name: draft
        for name, draft in drafts.items()
        if not copy.is_untouched(name, draft) and not _stands(draft, texts.get(name, []))
    }


def _stands(draft: Any, texts: list[FieldText]) -> bool:
    return digest_of_draft(draft) == digest_of_draft(texts[0].value if texts else "")
