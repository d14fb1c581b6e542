"""The stored fields of a question and the inputs of each: one answer is one field, and so is one row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accord.grantee.questions.sheet import MOST_ROWS, DoorQuestion
from accord.grantee.questions.sums import digits_said, sum_said
from accord.grantee.shown import ShownForm, ShownLine
from accord.grantee.words import DoorWords
from domain.editions.question_schema import QuestionSchema
from ledger import clock


class FieldInput(NamedTuple):
    """One input of a page. Its `part` is '' where the field has no other."""

    part: str
    label: str
    look: str
    """The way it looks: line, area, money, date, email, integer, choice, choices or yesno."""
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    standing: str = ""
    """The answer where nothing is typed, such as the sum that was agreed."""


class StoredField(NamedTuple):
    """A field as it is saved, with its inputs."""

    name: str
    inputs: tuple[FieldInput, ...]
    number: int = 0
    """The number of the line, milestone or indicator that a row is about, or of the row itself."""
    heading: str = ""
    detail: str = ""
    """The plan of it."""
    before: str = ""
    """The word of the report before on it, where there is one."""

    @property
    def is_single(self) -> bool:
        """True if its value is one text."""
        return len(self.inputs) == 1 and not self.inputs[0].part


class PlannedRow(NamedTuple):
    """A row of a plan: a line with its sum, a step with its day, or an indicator with its aim."""

    number: int
    what: str
    detail: str
    before: str = ""


LOOKS: Final = {
    "words": "area",
    "line": "line",
    "money": "money",
    "date": "date",
    "email": "email",
    "country": "country",
    "integer": "integer",
    "yesno": "yesno",
    "choice": "choice",
    "choices": "choices",
}
_PARTS: Final[Mapping[str, tuple[tuple[str, str, bool], ...]]] = {
    "period": (("starts", "date", True), ("ends", "date", True)),
    "party": (("name", "line", True), ("country", "country", True), ("number", "line", False)),
    "people": (("name", "line", True), ("role", "line", True), ("email", "email", False)),
    "budget": (("spent", "money", True), ("reason", "area", False)),
    "workplan": (("state", "choice", True), ("words", "area", False), ("due_on", "date", False)),
    "results": (("achieved", "number", False), ("words", "area", False)),
}
"""By format: the parts of a field, each with its look and whether an answer needs it."""
PLACES: Final[Mapping[str, int]] = {
    part: place
    for place, part in enumerate(
        ("line", "milestone", "indicator", "what", *(part for parts in _PARTS.values() for part, _, _ in parts))
    )
}
"""By part of an answer: its place among the others. What was handed in is stored by the alphabet."""
STATES: Final = ("DONE", "LATE", "DROPPED")
NOT_DUE: Final = "NOT_DUE"
"""The state of a step whose day is still to come, of which a report before the final one need not tell."""


def fields_of(
    question: DoorQuestion, content: ShownForm, words: DoorWords, drafts: Mapping[str, Any], least: int = 1
) -> tuple[StoredField, ...]:
    """Return the fields of a question. `least`: the fewest rows of a table that the grantee adds rows to."""
    match question.format:
        case "paper":
            return ()
        case "new-budget":
            return tuple(_new_line(question.name, line, content, words) for line in content.lines)
        case "budget" | "workplan" | "results" as kind if _numbered(kind, content):
            return tuple(_of_plan(question.name, kind, row, content, words) for row in _numbered(kind, content))
        case "people" | "rows" | "budget" | "workplan" | "results" as kind:
            inputs = _free_inputs(kind, question, words)
            rows = range(1, 1 + max(least, _filled(question.name, drafts)))
            return tuple(StoredField(f"{question.name}.{row}", inputs, row) for row in rows)
        case "period" | "party" as kind:
            return (StoredField(question.name, _parts(kind, words)),)
        case "object":
            return (StoredField(question.name, _own_inputs(question, question.schema.properties or {})),)
        case kind:
            single = FieldInput("", question.label, LOOKS[kind], question.choices, question.needed)
            return (StoredField(question.name, (single,)),)


def _of_plan(name: str, kind: str, row: PlannedRow, content: ShownForm, words: DoorWords) -> StoredField:
    """Return the field of a line, a step or an indicator of the plan, beside what was planned and told before."""
    states = (*STATES, NOT_DUE) if kind == "workplan" and _is_to_come(row, content) else STATES
    detail, before = (_detail(kind, text, content, words) for text in (row.detail, row.before))
    return StoredField(f"{name}.{row.number}", _parts(kind, words, states), row.number, row.what, detail, before)


def _is_to_come(step: PlannedRow, content: ShownForm) -> bool:
    return content.report_kind in {"PROGRESS", "FINANCIAL"} and step.detail > str(clock.today())


def _new_line(name: str, line: ShownLine, content: ShownForm, words: DoorWords) -> StoredField:
    """Return the field of a line of the budget for which another sum may be asked, period by period."""
    sums = line.sums or (line.sum,)
    inputs = tuple(
        FieldInput(f"sum{number}", _of_period(number, amount, content, words), "money", (), False, amount)
        for number, amount in enumerate(sums, 1)
    )
    return StoredField(f"{name}.{line.number}", inputs, line.number, line.what, line.sum)


def _of_period(number: int, amount: str, content: ShownForm, words: DoorWords) -> str:
    if number > len(content.periods) or len(content.periods) == 1:
        return words("part.new-budget.sum", amount=amount)
    starts, ends = content.periods[number - 1]
    return words("part.new-budget.period", starts=words.day(starts), ends=words.day(ends), amount=amount)


def _parts(kind: str, words: DoorWords, states: tuple[str, ...] = STATES) -> tuple[FieldInput, ...]:
    choices = tuple((state, words(f"state.{state}")) for state in states)
    return tuple(
        FieldInput(part, words(f"part.{kind}.{part}"), look, choices if look == "choice" else (), needed)
        for part, look, needed in _PARTS[kind]
    )


def _free_inputs(kind: str, question: DoorQuestion, words: DoorWords) -> tuple[FieldInput, ...]:
    """Return the inputs of a row that the grantee adds: of a plan that is not known here, it says what it is about."""
    if kind != "rows":
        about = () if kind == "people" else (FieldInput("what", words("part.what"), "line"),)
        return (*about, *_parts(kind, words))
    items = question.schema.items
    if items is None or not items.properties:
        return (FieldInput("value", question.label, "line"),)
    return _own_inputs(question, items.properties)


def _own_inputs(question: DoorQuestion, properties: Mapping[str, QuestionSchema]) -> tuple[FieldInput, ...]:
    inner = (question._replace(name=name, schema=schema, choices=()) for name, schema in properties.items())
    return tuple(
        FieldInput(
            entry.name,
            question.labels.get(entry.name, entry.name),
            LOOKS.get(entry.format, "line"),
            tuple((choice, choice) for choice in entry.schema.choices),
        )
        for entry in inner
    )


def _numbered(kind: str, content: ShownForm) -> tuple[PlannedRow, ...]:
    match kind:
        case "budget":
            return tuple(PlannedRow(line.number, line.what, line.sum, line.before) for line in content.lines)
        case "workplan":
            return tuple(PlannedRow(step.number, step.what, step.due_on) for step in content.milestones)
        case _:
            return tuple(
                PlannedRow(entry.number, entry.what, entry.target, entry.before) for entry in content.indicators
            )


def _detail(kind: str, detail: str, content: ShownForm, words: DoorWords) -> str:
    """Return the plan of a row as its reader writes it: a sum, a day, or a number with its unit."""
    match kind:
        case "budget" if re.fullmatch(r"[0-9]+(\.[0-9]+)?", detail):
            return sum_said(Decimal(detail), content.currency, words.language)
        case "workplan":
            return words.day(detail)
        case _:
            return digits_said(detail, words.language)


def _filled(name: str, drafts: Mapping[str, Any]) -> int:
    """Return the number of the last row that holds something."""
    rows = (field.rpartition(".")[2] for field, draft in drafts.items() if field.startswith(f"{name}.") and draft)
    return min(MOST_ROWS, max((int(row) for row in rows if row.isdigit()), default=0))


def typed(field: StoredField, texts_by_part: Mapping[str, Any]) -> Any:
    """Return the content of a field, from inputs by part: a text, texts, or texts by part. '' if nothing."""
    if field.is_single:
        return texts_by_part.get("", "")
    parts = {entry.part: texts_by_part.get(entry.part, "") for entry in field.inputs if texts_by_part.get(entry.part)}
    return parts or ""


def inputs_named(field: StoredField) -> Iterator[tuple[FieldInput, str]]:
    """Yield the inputs of a field with the name that each has on a page."""
    for entry in field.inputs:
        yield entry, f"{field.name}:{entry.part}" if entry.part else field.name
