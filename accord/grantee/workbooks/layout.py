"""The layout of a form as a workbook: a sheet for each page, and a cell for each input. Writer and reader share it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.grantee.questions.fields import FieldInput, StoredField, fields_of
from accord.grantee.questions.sheet import MOST_ROWS, DoorQuestion, Sheet, SheetPage
from accord.grantee.shown import ShownForm
from accord.grantee.words import DoorWords
from domain.canonical_json import canonical_json

FORM: Final = "accord.door-form.1"
ORIGIN: Final = "Accord"
"""The hidden sheet that says of which form it is, and what stood in each field."""
NUMBER, LABEL, DETAIL, ANSWER = 1, 2, 3, 4
"""The columns, counted from 1. Answers stand from the last on."""
FIRST_ROW: Final = 4
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MOST_TITLE: Final = 31
"""The longest title of a sheet that programs take."""


class InputPlace(NamedTuple):
    """An input in its cell."""

    column: int
    question: DoorQuestion
    field: StoredField
    input: FieldInput
    choice: str = ""
    """Of an answer with several choices: the one to which this cell says yes."""


class LaidRow(NamedTuple):
    """A row of a sheet."""

    row: int
    look: str
    """The way it looks: space, question, hint, heading or answer."""
    number: str = ""
    label: str = ""
    detail: str = ""
    headings: tuple[str, ...] = ()
    """The headings of the answers below it."""
    inputs: tuple[InputPlace, ...] = ()

    @property
    def name(self) -> tuple[int, str]:
        """The column and the text by which a reader knows that the row was not moved."""
        return (NUMBER, self.number) if self.number else (LABEL, self.label)


class LaidSheet(NamedTuple):
    """A sheet: a page of the form."""

    title: str
    heading: str
    rows: tuple[LaidRow, ...]

    @property
    def inputs(self) -> Iterator[tuple[LaidRow, InputPlace]]:
        """Its inputs, each with its row."""
        return ((row, place) for row in self.rows for place in row.inputs)


class FormLayout(NamedTuple):
    """A form as a workbook."""

    sheets: tuple[LaidSheet, ...]
    sha256: str
    """The digest of what it asks, of whom, and where each answer stands."""


def layout_of(form: UUID, edition: str | None, sheet: Sheet, content: ShownForm, words: DoorWords) -> FormLayout:
    """Return the layout of a form in a language. Papers are sent on pages alone."""
    labels = {question.name: question.label for question in sheet.questions}
    sheets = list[LaidSheet]()
    for page in sheet.pages:
        laid_rows = tuple(_placed(_rows(page, content, words, labels)))
        if any(row.inputs for row in laid_rows):
            sheets.append(LaidSheet(_title(len(sheets) + 1, page.title), page.title, laid_rows))
    questions = {"form": str(form), "edition": edition or "", "cells": [list(_cells(laid)) for laid in sheets]}
    plan = content.model_dump(mode="json", include={"currency", "lines", "milestones", "indicators", "periods"})
    return FormLayout(tuple(sheets), sha256(canonical_json({**questions, "plan": plan})).hexdigest())


def _title(number: int, title: str) -> str:
    """Return the title of a sheet: its number keeps it apart from the others."""
    return f"{number} {' '.join(_NOT_IN_TITLES.sub(' ', title).split())}"[:_MOST_TITLE].rstrip(" '")


def _cells(sheet: LaidSheet) -> Iterator[list[Any]]:
    for row, place in sheet.inputs:
        entry = place.input
        yield [row.row, place.column, place.field.name, entry.part, entry.look, place.choice, entry.standing]


def _placed(rows: Iterator[LaidRow]) -> Iterator[LaidRow]:
    return (laid._replace(row=row) for row, laid in enumerate(rows, FIRST_ROW))


def _rows(page: SheetPage, content: ShownForm, words: DoorWords, labels: dict[str, str]) -> Iterator[LaidRow]:
    for place, question in enumerate(page.questions):
        if place:
            yield LaidRow(0, "space")
        least = min(MOST_ROWS, question.schema.most_items or MOST_ROWS)
        if fields := fields_of(question, content, words, {}, least):
            yield from _of_question(question, fields, words, labels)


def _of_question(
    question: DoorQuestion, fields: Sequence[StoredField], words: DoorWords, labels: dict[str, str]
) -> Iterator[LaidRow]:
    label = question.label if question.needed else f"{question.label} {words('frame.optional')}"
    is_one_cell = len(fields) == 1 and fields[0].is_single and fields[0].inputs[0].look != "choices"
    inputs = (InputPlace(ANSWER, question, fields[0], fields[0].inputs[0]),) if is_one_cell else ()
    yield LaidRow(0, "question", label=label, inputs=inputs)
    hints = [question.hint] if question.hint else []
    if question.condition is not None:
        hints.append(_condition(question, words, labels))
    yield from (LaidRow(0, "hint", label=hint) for hint in hints)
    if is_one_cell:
        return
    if _is_table(fields):
        yield from _table(question, fields, words)
    else:
        yield from (row for field in fields for row in _one_below_the_other(question, field))


def _condition(question: DoorQuestion, words: DoorWords, labels: dict[str, str]) -> str:
    assert question.condition is not None  # noqa: S101 - whoever calls looked
    name, equals = question.condition.question, question.condition.equals
    answer = words("answer.yes" if equals else "answer.no") if isinstance(equals, bool) else words.maybe(
        f"choice.{equals}"
    ) or str(equals)  # fmt: skip
    return words("workbook.only_if", question=labels.get(name, name), answer=answer)


def _is_table(fields: Sequence[StoredField]) -> bool:
    """True if several fields ask the same of different things."""
    labels = {tuple(entry.label for entry in field.inputs) for field in fields}
    return len(labels) == 1 and all(field.number for field in fields)


def _table(question: DoorQuestion, fields: Sequence[StoredField], words: DoorWords) -> Iterator[LaidRow]:
    headings = tuple(entry.label for entry in fields[0].inputs)
    is_of_plan = bool(fields[0].heading)
    about = (words("part.what"), words("workbook.planned")) if is_of_plan else ("", "")
    yield LaidRow(0, "heading", words("workbook.number"), *about, headings)
    for field in fields:
        inputs = tuple(InputPlace(column, question, field, entry) for column, entry in enumerate(field.inputs, ANSWER))
        before = words("answer.before", before=field.before) if field.before else ""
        detail = "\n".join(filter(None, (field.detail, before)))
        yield LaidRow(0, "answer", str(field.number), field.heading, detail, inputs=inputs)


def _one_below_the_other(question: DoorQuestion, field: StoredField) -> Iterator[LaidRow]:
    number = str(field.number) if field.number else ""
    for entry in field.inputs:
        label = f"{field.heading}: {entry.label}" if field.heading else entry.label
        if entry.look != "choices":
            yield LaidRow(0, "answer", number, label, inputs=(InputPlace(ANSWER, question, field, entry),))
            continue
        for choice, name in entry.choices:
            yield LaidRow(0, "answer", "", name, inputs=(InputPlace(ANSWER, question, field, entry, choice),))
