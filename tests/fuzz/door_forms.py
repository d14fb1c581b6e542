"""A form of the door as a workbook, for a run that feeds its readers with rubbish: child and door in one process."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from accord.grantee.questions.answers import AnswerReader
from accord.grantee.questions.defaults import default_pages
from accord.grantee.questions.sheet import Sheet, SheetPage, asked_by_default
from accord.grantee.shown import ShownForm, shown_form
from accord.grantee.words import DoorWords
from accord.grantee.workbooks.cells import CellReader
from accord.grantee.workbooks.layout import FormLayout, layout_of
from accord.grantee.workbooks.making import FormCopy, FormWriter
from accord.grantee.workbooks.opening import WorkbookRefused, sheets_in
from accord.grantee.workbooks.reading import (
    KnownCopy,
    changes_in,
    faults_of_changes,
    origin_of,
    require_same_form,
    said_by,
)
from domain.submissions.kinds import DoorForm
from papers.examination.workbooks import cells_in

WORDS: Final = DoorWords("en")
READER: Final = CellReader(WORDS, 2)


def _shown(count: int) -> ShownForm:
    lines = [{"number": number, "what": f"Line {number}", "sum": "10.00"} for number in range(1, count + 1)]
    return shown_form({"currency": "USD", "lines": lines, "milestones": [{"number": 1, "what": "Course"}]})


def _layout(count: int) -> FormLayout:
    shown = _shown(count)
    pages = tuple(
        SheetPage(page, WORDS(f"page.{page}"), tuple(asked_by_default(one, WORDS) for one in questions))
        for page, questions in default_pages(DoorForm.REPORT, shown)
    )
    return layout_of(UUID(int=1), None, Sheet("Report", "", pages, DoorForm.REPORT, {}), shown, WORDS)


def door_form(count: int) -> bytes:
    """Return the workbook of a report with so many lines."""
    return FormWriter(_layout(count), FormCopy("Report", "P-2026-0042", "0" * 16), WORDS, READER).workbook({})


def read_door_form(content: bytes) -> object:
    """Read a workbook as the child and the door do, up to what would be saved. Raises WorkbookRefused."""
    sheets = sheets_in(cells_in(content))
    origin, layout = origin_of(sheets), _layout(3)
    require_same_form(origin, layout)
    drafts, cell_faults = said_by(sheets, layout, READER)
    changes = changes_in(drafts, KnownCopy(origin, {}), {})
    faults = [*cell_faults, *faults_of_changes(changes, layout, AnswerReader("en", "USD"))]
    if faults:
        raise WorkbookRefused("workbook.faults")
    return changes
