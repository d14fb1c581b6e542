"""Fill a form from a workbook: all of it is checked first, and nothing is saved of one that is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from accord.grantee.questions.answers import digest_of_draft
from accord.grantee.store import FieldText
from accord.grantee.visit import Visit
from accord.grantee.words import DoorWords
from accord.grantee.workbooks.cells import CellReader
from accord.grantee.workbooks.drafts import CellFault
from accord.grantee.workbooks.layout import ORIGIN, FormLayout, layout_of
from accord.grantee.workbooks.making import FormCopy, FormWriter
from accord.grantee.workbooks.opening import OpenedSheet, WorkbookRefused
from accord.grantee.workbooks.reading import (
    BroughtText,
    KnownCopy,
    changes_in,
    faults_of_changes,
    fields_laid,
    origin_of,
    require_same_form,
    said_by,
)

COPIES: Final = "given.workbooks"
"""The field that keeps, by copy, the revision at which it brought each text: what comes again replaces its own."""
MOST_BYTES: Final = 40_000
"""The most bytes of what is kept of copies. Of the oldest it is forgotten then."""
MOST_FAULTS: Final = 40
"""The most faults that are told at once."""
_MOST_TITLE: Final = 60


class FilledByWorkbook(NamedTuple):
    """The outcome of a workbook."""

    answers: int
    """The number of answers that were filled in."""
    beside: int
    """Those of them in which somebody else wrote meanwhile: both texts are kept."""
    notes: tuple[str, ...]
    """The parts of it that were not taken, in words."""


class WorkbookFaults(Exception):
    """Nothing is taken from a workbook, since cells of it have faults. The words name each."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(f"{len(words)} cells")
        self.words = words


def laid_out(visit: Visit) -> FormLayout:
    """Return the layout of a visit's form, in the language of the visit."""
    form = visit.form
    return layout_of(form.form, form.edition, visit.sheet, visit.shown, visit.words)


def cell_reader(visit: Visit) -> CellReader:
    """Return the reader of cells of a workbook that is made in this visit."""
    return CellReader(visit.words, visit.filler.reader.decimals)


async def made(visit: Visit, mark: str) -> bytes:
    """Return a copy of the form with what was written so far. `mark`: that of the copy."""
    about = ", ".join(filter(None, (visit.form.subject, visit.shown.title)))
    copy = FormCopy(visit.sheet.title, about, mark)
    writer = FormWriter(laid_out(visit), copy, visit.words, cell_reader(visit))
    return writer.workbook(await visit.link.drafts(visit.form))


async def filled_from(visit: Visit, sheets: Mapping[str, OpenedSheet]) -> FilledByWorkbook:
    """Fill the form from a workbook's sheets.

    Raises:
        WorkbookRefused: It is not this form, or the form takes nothing more.
        WorkbookFaults: Cells of it have faults.
    """
    origin = origin_of(sheets)
    then = Visit(visit.link, visit.form._replace(language=origin.language))
    layout = laid_out(then)
    require_same_form(origin, layout)
    drafts, cell_faults = said_by(sheets, layout, cell_reader(then))
    texts = await visit.link.drafts(visit.form)
    copy = KnownCopy(origin, _brought_by(origin.mark, texts))
    changes, notes = _of_questions_asked(visit, changes_in(drafts, copy, texts), layout, texts)
    if faults := [*cell_faults, *faults_of_changes(changes, layout, visit.filler.reader)]:
        raise WorkbookFaults(_in_words(faults, visit.words))
    beside = await _save(visit, changes, copy, texts) if changes else 0
    notes += [visit.words("workbook.unread", sheet=title[:_MOST_TITLE]) for title in _others(sheets, layout)]
    return FilledByWorkbook(len(changes), beside, tuple(notes))


async def _save(visit: Visit, changes: Mapping[str, Any], copy: KnownCopy, texts: Mapping[str, list[FieldText]]) -> int:
    """Save the texts of a copy, and return how many of them stand beside another's. Safe to repeat."""
    copy_texts, beside = dict(copy.texts), 0
    for name, draft in changes.items():
        outcome = await visit.link.save(visit.form, name, draft, copy.base(name))
        if outcome is None:
            raise WorkbookRefused("fault.closed")
        copy_texts[name], beside = BroughtText(outcome.revision, digest_of_draft(draft)), beside + outcome.beside
    await _keep(visit, copy.origin.mark, copy_texts, texts)
    return beside


def _others(sheets: Mapping[str, OpenedSheet], layout: FormLayout) -> list[str]:
    return [title for title in sheets if title not in {ORIGIN, *(laid.title for laid in layout.sheets)}]


def _of_questions_asked(
    visit: Visit, changes: Mapping[str, Any], layout: FormLayout, texts: Mapping[str, list[FieldText]]
) -> tuple[dict[str, Any], list[str]]:
    """Return the texts whose questions are asked as the form is filled by them, and words on the others."""
    standing = {name: field_texts[0].value for name, field_texts in texts.items()}
    fields, drafts = fields_laid(layout), {**standing, **changes}
    answers = {name: draft for name, draft in changes.items() if fields[name].question.is_asked(drafts)}
    names = {fields[name].question.name for name in changes.keys() - answers.keys() if changes[name]}
    labels = [question.label for question in visit.sheet.questions if question.name in names]
    return answers, [visit.words("workbook.not_asked", question=label) for label in labels]


def _in_words(faults: list[CellFault], words: DoorWords) -> list[str]:
    in_order = sorted(faults, key=lambda fault: fault.place)
    lines = list(dict.fromkeys(f"{fault.place.words}: {words.fault(fault.fault)}" for fault in in_order))
    more = [words("workbook.more", count=len(lines) - MOST_FAULTS)] if len(lines) > MOST_FAULTS else []
    return [*lines[:MOST_FAULTS], *more]


def _copies(texts: Mapping[str, list[FieldText]]) -> dict[str, Any]:
    """Return by copy the texts that it brought, the copy that came last at the end."""
    value = texts[COPIES][0].value if COPIES in texts else {}
    return value if isinstance(value, dict) else {}


def _brought_by(mark: str, texts: Mapping[str, list[FieldText]]) -> dict[str, BroughtText]:
    return {name: BroughtText(*text) for name, text in _copies(texts).get(mark, {}).items()}


async def _keep(
    visit: Visit, mark: str, copy_texts: Mapping[str, BroughtText], texts: Mapping[str, list[FieldText]]
) -> None:
    """Note the texts that a copy brought."""
    copies = {key: value for key, value in _copies(texts).items() if key != mark} | {mark: copy_texts}
    while len(copies) > 1 and len(json.dumps(copies)) > MOST_BYTES:
        del copies[next(iter(copies))]
    base = texts[COPIES][0].revision if COPIES in texts else 0
    outcome = await visit.link.save(visit.form, COPIES, copies, base)
    if outcome is not None and outcome.beside:  # another workbook came meanwhile: the texts themselves are kept
        await visit.link.choose(COPIES, outcome.revision, outcome.revision)
