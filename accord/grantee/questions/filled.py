"""A form as it is filled: what was typed into each field, the answer that it is, and what is wrong or missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from accord.grantee.questions.answers import NEEDED, AnswerReader
from accord.grantee.questions.fields import PLACES, StoredField, fields_of
from accord.grantee.questions.sheet import DoorQuestion, Sheet, SheetPage
from accord.grantee.questions.sums import sum_said
from accord.grantee.shown import ShownForm, ShownRow
from accord.grantee.store import FieldText, PaperAtDoor
from accord.grantee.words import AnswerFault, DoorWords


def is_whole(paper: PaperAtDoor) -> bool:
    """True if all of a paper came, and it was not refused so far."""
    return paper.sha256 is not None and paper.verdict not in {"FOUND", "REFUSED"}


class FilledField(NamedTuple):
    """A field with its text, and the texts that are kept beside it."""

    field: StoredField
    draft: Any
    base: int
    """The revision of the text that stands, 0 for none."""
    texts: Sequence[FieldText]
    answer: Any
    fault: AnswerFault | None

    @property
    def is_double(self) -> bool:
        """True if two texts of it wait for a choice."""
        return len(self.texts) > 1


class FilledQuestion(NamedTuple):
    """A question with its fields and papers."""

    question: DoorQuestion
    fields: tuple[FilledField, ...]
    papers: tuple[PaperAtDoor, ...]
    fault: AnswerFault | None
    """The first fault that keeps it from being handed in."""

    @property
    def is_begun(self) -> bool:
        """True if anything was written."""
        return bool(self.papers) or any(field.draft for field in self.fields)

    @property
    def answer(self) -> Any:
        """The answer as it is handed in, or None."""
        answers = [field.answer for field in self.fields if field.answer is not None]
        if self.question.format in {"people", "rows", "budget", "workplan", "results", "new-budget"}:
            return answers or None
        return answers[0] if answers else None

    @property
    def total(self) -> Decimal | None:
        """The sum of the lines of a budget, which nobody types."""
        match self.question.format:
            case "budget":
                return sum((Decimal(row["spent"]) for row in self.answer or ()), Decimal(0))
            case "new-budget":
                return sum((_sum_of(field) for field in self.fields), Decimal(0))
            case _:
                return None


def _sum_of(field: FilledField) -> Decimal:
    """Return the sum of a line of the budget: as it is asked for or, where nothing is, as it stands."""
    sums = field.answer["sums"] if field.answer is not None else [entry.standing for entry in field.field.inputs]
    return sum((Decimal(amount) for amount in sums), Decimal(0))


class AnsweredForm(NamedTuple):
    """All pages of a form as they are filled."""

    sheet: Sheet
    pages: tuple[tuple[SheetPage, tuple[FilledQuestion, ...]], ...]

    @property
    def questions(self) -> Iterator[FilledQuestion]:
        """The questions that are asked."""
        return (question for _, questions in self.pages for question in questions)

    @property
    def faults(self) -> list[tuple[SheetPage, FilledQuestion, AnswerFault]]:
        """Each question that keeps the form from being handed in, with its page and why."""
        return [(page, entry, entry.fault) for page, questions in self.pages for entry in questions if entry.fault]

    @property
    def answers(self) -> dict[str, Any]:
        """The answers by question. What was not answered is left out: an empty answer is no zero."""
        return {entry.question.name: entry.answer for entry in self.questions if entry.answer is not None}

    def question(self, name: str) -> FilledQuestion | None:
        """Return a question that is asked, by its name, or None."""
        return next((entry for entry in self.questions if entry.question.name == name), None)

    def field(self, name: str) -> FilledField | None:
        """Return a field by its name, or None."""
        return next((field for entry in self.questions for field in entry.fields if field.field.name == name), None)


class FormFiller:
    """Fills the questions of one form with what was written."""

    def __init__(self, content: ShownForm, words: DoorWords) -> None:
        self._shown = content
        self._words = words
        self.reader = AnswerReader(words.language, content.currency)

    def filled(
        self, sheet: Sheet, texts: Mapping[str, Sequence[FieldText]], papers: Sequence[PaperAtDoor], rows: int = 1
    ) -> AnsweredForm:
        """Return a form as it is filled. `rows`: the fewest rows of a table that the grantee adds rows to."""
        drafts = {name: field_texts[0].value for name, field_texts in texts.items()}
        pages = tuple(
            (
                page,
                tuple(
                    self._question(entry, texts, drafts, papers, rows)
                    for entry in page.questions
                    if entry.is_asked(drafts)
                ),
            )
            for page in sheet.pages
        )
        return AnsweredForm(sheet, pages)

    def _question(
        self,
        question: DoorQuestion,
        texts: Mapping[str, Sequence[FieldText]],
        drafts: Mapping[str, Any],
        papers: Sequence[PaperAtDoor],
        rows: int,
    ) -> FilledQuestion:
        own_papers = tuple(paper for paper in papers if paper.field == question.name)
        stored_fields = fields_of(question, self._shown, self._words, drafts, rows)
        fields = tuple(self._field(question, field, texts.get(field.name, ())) for field in stored_fields)
        filled = FilledQuestion(question, fields, own_papers, _fault(question, fields, own_papers))
        return filled._replace(fault=filled.fault or self._fault_of_total(filled))

    def _fault_of_total(self, filled: FilledQuestion) -> AnswerFault | None:
        """Return the fault of a new budget whose lines make more or less than the grant, or None."""
        if filled.question.format != "new-budget" or filled.answer is None or filled.total is None:
            return None
        granted = sum((Decimal(line.sum) for line in self._shown.lines), Decimal(0))
        if filled.total == granted:
            return None
        return AnswerFault("fault.total", {"total": self.said_sum(filled.total), "granted": self.said_sum(granted)})

    def _field(self, question: DoorQuestion, field: StoredField, texts: Sequence[FieldText]) -> FilledField:
        draft = texts[0].value if texts else ""
        empty_field = FilledField(field, "", texts[0].revision if texts else 0, texts, None, None)
        return self._refilled(question, empty_field, draft)

    def _refilled(self, question: DoorQuestion, field: FilledField, draft: Any) -> FilledField:
        """Return a field with another text in it."""
        answer = self.reader.field(question, field.field, draft)
        fault = answer if isinstance(answer, AnswerFault) else None
        return field._replace(draft=draft, answer=None if fault else answer, fault=fault)

    def said_sum(self, amount: Decimal) -> str:
        """Return a sum of the grant in words."""
        return sum_said(amount, self._shown.currency, self._words.language)

    def read_back(self, question: DoorQuestion, field: FilledField) -> str:
        """Return an answer that can be misread, a sum or a day, again in words, or ''."""
        answer = field.answer
        if question.format == "budget" and answer is not None:
            return self._words("answer.read", answer=self.said_sum(Decimal(answer["spent"])))
        if question.format == "new-budget" and answer is not None:
            return self._words("answer.read", answer=", ".join(self.said_sum(Decimal(part)) for part in answer["sums"]))
        if question.format not in {"money", "date"} or answer is None:
            return ""
        return self._words("answer.read", answer=self.said(question, answer))

    def said(self, question: DoorQuestion, answer: Any) -> str:
        """Return an answer in words, a line for each row."""
        if isinstance(answer, list):
            return "\n".join(self.said(question, row) for row in answer)
        if isinstance(answer, dict):
            parts = sorted(answer.items(), key=lambda entry: PLACES.get(entry[0], len(PLACES)))
            return ", ".join(str(self._part(part, value)) for part, value in parts)
        if isinstance(answer, bool):
            return self._words("answer.yes" if answer else "answer.no")
        match question.format:
            case "money":
                return self.said_sum(Decimal(answer))
            case "date":
                return self._words.day(answer)
            case "choice" | "choices":
                return dict(question.choices).get(answer, str(answer))
            case _:
                return str(answer)

    def _part(self, part: str, value: Any) -> str:
        match part:
            case "line" | "milestone" | "indicator":
                return self._subject(part, int(value))
            case "spent":
                return self.said_sum(Decimal(value))
            case "sums":
                return ", ".join(self.said_sum(Decimal(amount)) for amount in value)
            case "state":
                return self._words(f"state.{value}")
            case "starts" | "ends" | "due_on":
                return self._words.day(value)
            case _:
                return str(value)

    def _subject(self, part: str, number: int) -> str:
        """Return the name of the line, milestone or indicator that a row is about, or its number."""
        plan: dict[str, Sequence[ShownRow]] = {
            "line": self._shown.lines,
            "milestone": self._shown.milestones,
            "indicator": self._shown.indicators,
        }
        names = (row.what for row in plan[part] if row.number == number)
        return next(names, self._words("answer.row", number=number))


def _fault(question: DoorQuestion, fields: Sequence[FilledField], papers: Sequence[PaperAtDoor]) -> AnswerFault | None:
    for field in fields:
        if field.is_double:
            return AnswerFault("fault.beside")
        if field.fault:
            return field.fault
    if question.format == "paper":
        return AnswerFault("fault.paper") if question.needed and not any(map(is_whole, papers)) else None
    return _fault_of_number(question, [field for field in fields if field.answer is not None], fields)


def _fault_of_number(
    question: DoorQuestion, answered_fields: Sequence[FilledField], fields: Sequence[FilledField]
) -> AnswerFault | None:
    """Return the fault of too few or too many answers, or None. Each line that is shown is answered."""
    schema, has_rows = question.schema, question.format in {"budget", "workplan", "results"}
    if question.needed and (not answered_fields or (has_rows and len(answered_fields) < len(fields))):
        return NEEDED
    answer = answered_fields[0].answer if answered_fields and question.format == "choices" else None
    count = len(answer) if isinstance(answer, list) else len(answered_fields)
    if schema.least_items is not None and answered_fields and count < schema.least_items:
        return AnswerFault("fault.rows", {"least": schema.least_items})
    if schema.most_items is not None and count > schema.most_items:
        return AnswerFault("fault.most_rows", {"most": schema.most_items})
    return None
