"""A question set: questions on pages, each with its schema, its condition, and the fact that its answer becomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from domain.editions.bank_words import bank_word_in
from domain.editions.content import RESERVED_NAMES, Code, ContentFault, EditionContent, Parts, json_of
from domain.editions.kinds import EditionKind
from domain.editions.pointers import PROPOSAL, REPORT, FactPointer, pointer_fault
from domain.editions.question_schema import QuestionsSchema
from domain.values import Value


class FormKind(StrEnum):
    """A form that a question set is for."""

    APPLICATION = "APPLICATION"
    REPORT = "REPORT"
    CHANGE = "CHANGE"


_TARGETS: Final = {FormKind.APPLICATION: PROPOSAL, FormKind.CHANGE: PROPOSAL, FormKind.REPORT: REPORT}
"""What the answers to a form become."""

BankName = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{1,60}$")]
"""The name of a question in the bank of CommonGrants, such as orgEin."""


class QuestionPage(Value):
    """A page of a form."""

    id: Code
    questions: Annotated[tuple[Code, ...], Field(min_length=1, max_length=50)]


class AnswerCondition(Value):
    """The one condition under which a question is asked: another answer equals a value."""

    question: Code
    equals: bool | str


class QuestionSet(EditionContent):
    """The questions of one form."""

    kind: Literal[EditionKind.QUESTIONS]
    form: FormKind
    asked: QuestionsSchema = Field(alias="schema")
    pages: Annotated[tuple[QuestionPage, ...], Field(min_length=1, max_length=30)]
    shown_if: dict[Code, AnswerCondition] = Field(default_factory=dict)
    facts: dict[Code, FactPointer] = Field(default_factory=dict)
    """By question: the fact of a proposal or a report that its answer becomes."""
    asks: dict[Code, BankName] = Field(default_factory=dict)
    """By question: its name in the bank of CommonGrants."""

    @property
    def order(self) -> list[str]:
        """Its questions in the order in which they are asked."""
        return [question for page in self.pages for question in page.questions]

    def needed_words(self) -> Iterable[str]:
        """Return the keys of a title for each page, and a label for each question and each choice."""
        yield from (f"page.{page.id}" for page in self.pages)
        for question, schema in self.asked.properties.items():
            yield f"{question}.label"
            yield from (f"{question}.choice.{choice}" for choice in schema.choices)
            yield from (f"{question}.field.{field}" for field in _fields_of(schema))

    def optional_words(self) -> Iterable[str]:
        """Return the keys of a hint for each question."""
        return (f"{question}.hint" for question in self.asked.properties)

    def own_faults(self) -> Iterator[ContentFault]:
        """Yield the faults of pages, conditions and pointers, and of words that ask for bank details."""
        yield from self._faults_of_names()
        yield from self._faults_of_pages()
        yield from self._faults_of_conditions()
        for question, pointer in self.facts.items():
            if fault := pointer_fault(pointer, _TARGETS[self.form]):
                yield ContentFault(("facts", question), str(fault))
        for place, text in self.every_word():
            if words := bank_word_in(text):
                advice = "no form asks for bank details; ask for them as the house does, by a letter and a call back"
                yield ContentFault(place, f"it says {words!r}: {advice}")

    def _faults_of_names(self) -> Iterator[ContentFault]:
        questions = self.asked.properties
        for question in RESERVED_NAMES & questions.keys():
            yield ContentFault(("schema", "properties", question), f"{question} names no question; choose another name")
        for place, names in (("facts", self.facts), ("asks", self.asks), ("shown_if", self.shown_if)):
            for name in names:
                if name not in questions:
                    yield ContentFault((place, name), "no such question; correct its name or remove it")
        for number, name in enumerate(self.asked.required):
            if name not in questions:
                yield ContentFault(("schema", "required", number), f"{name} is no question; correct its name")

    def _faults_of_pages(self) -> Iterator[ContentFault]:
        places: dict[str, str] = {}
        for number, page in enumerate(self.pages):
            if page.id in [earlier.id for earlier in self.pages[:number]]:
                yield ContentFault(("pages", number, "id"), f"the page {page.id} is named twice; name it once")
            for place, question in enumerate(page.questions):
                here = ("pages", number, "questions", place)
                if question not in self.asked.properties:
                    yield ContentFault(here, f"{question} is no question; correct its name or remove it")
                elif question in places:
                    yield ContentFault(here, f"{question} stands on the page {places[question]} already; ask it once")
                places.setdefault(question, page.id)
        for question in self.asked.properties:
            if question not in places:
                yield ContentFault(("schema", "properties", question), "it stands on no page; add it to one")

    def _faults_of_conditions(self) -> Iterator[ContentFault]:
        order = {question: place for place, question in enumerate(self.order)}
        for question, condition in self.shown_if.items():
            premise, place = self.asked.properties.get(condition.question), ("shown_if", question)
            if premise is None:
                yield ContentFault(place, f"{condition.question} is no question; name one that is asked before")
            elif order.get(condition.question, -1) >= order.get(question, -1):
                yield ContentFault(place, f"{condition.question} is not asked before it; move one of the two")
            elif not premise.could_be(condition.equals):
                answers = (
                    "yes or no" if premise.type == "boolean" else ", ".join(premise.enum or ()) or "nothing to choose"
                )
                answer = json_of(condition.equals)
                yield ContentFault(place, f"{answer!r} is no answer to {condition.question}, which has {answers}")

    def parts(self) -> Parts:
        """Return its questions with their settings in words."""
        pages = {question: page.id for page in self.pages for question in page.questions}
        return {"": {"form": self.form.value}, **{name: self._settings(name, pages) for name in self.order}}

    def _settings(self, name: str, pages: dict[str, str]) -> dict[str, str]:
        schema = self.asked.properties[name].model_dump(by_alias=True, exclude_defaults=True)
        condition = self.shown_if.get(name)
        return {
            "page": pages[name],
            "answer": json_of(schema),
            "needed": json_of(name in self.asked.required),
            "asked if": f"{condition.question} is {json_of(condition.equals)}" if condition is not None else "",
            "becomes": self.facts.get(name, ""),
            "in the bank of CommonGrants": self.asks.get(name, ""),
        }


def _fields_of(schema: object) -> Iterable[str]:
    """Return the fields of the rows, or of the object, that an answer holds."""
    fields = getattr(schema, "properties", None) or getattr(getattr(schema, "items", None), "properties", None)
    return fields or ()
