"""A form's questions as its pages ask them: from a question set, or made of the act's own fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from accord.grantee.questions.defaults import DEFAULT_FACTS, DefaultQuestion, default_pages
from accord.grantee.shown import ShownForm
from accord.grantee.store import OpenForm
from accord.grantee.words import DoorWords
from domain.editions.models import BadContent, content_of_bytes
from domain.editions.question_schema import QuestionSchema
from domain.editions.questions import AnswerCondition, QuestionSet
from domain.submissions.kinds import DoorForm

FREE_ROWS: Final = frozenset({"people"})
"""Formats whose rows the grantee adds."""
MOST_ROWS: Final = 30


class DoorQuestion(NamedTuple):
    """A question as it is asked."""

    name: str
    label: str
    hint: str
    schema: QuestionSchema
    needed: bool
    choices: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, str] = {}
    """The labels of the fields of its rows, or of its object."""
    condition: AnswerCondition | None = None

    @property
    def format(self) -> str:
        """The format of its answer, as pages and readers tell them apart."""
        schema = self.schema
        if schema.most_words is not None:
            return "words"
        if schema.format is not None:
            return schema.format
        if schema.choices:
            return "choices" if schema.type == "array" else "choice"
        return {"boolean": "yesno", "integer": "integer", "array": "rows", "object": "object"}.get(schema.type, "line")

    def is_asked(self, drafts: Mapping[str, Any]) -> bool:
        """True if its condition is met by what was written."""
        if self.condition is None:
            return True
        equals = self.condition.equals
        return bool(drafts.get(self.condition.question) == (_yes_or_no(equals) if isinstance(equals, bool) else equals))


def _yes_or_no(equals: bool) -> str:
    return "yes" if equals else "no"


class SheetPage(NamedTuple):
    """A page of questions."""

    id: str
    title: str
    questions: tuple[DoorQuestion, ...]


class Sheet(NamedTuple):
    """All questions of a form."""

    title: str
    lead: str
    pages: tuple[SheetPage, ...]
    kind: DoorForm
    facts: Mapping[str, str]
    """By fact of the act that it becomes: the question that says it."""

    @property
    def questions(self) -> Iterator[DoorQuestion]:
        """Its questions in their order."""
        return (question for page in self.pages for question in page.questions)

    def page(self, identifier: str) -> SheetPage | None:
        """Return a page by its id, or None."""
        return next((page for page in self.pages if page.id == identifier), None)

    def after(self, page: SheetPage) -> SheetPage | None:
        """Return the page after one, or None after the last."""
        place = self.pages.index(page) + 1
        return self.pages[place] if place < len(self.pages) else None


def sheet_of(form: OpenForm, content: ShownForm, words: DoorWords) -> Sheet:
    """Return the questions of a form: those of its edition, else those that its kind needs."""
    if form.questions is not None:
        try:
            edition = content_of_bytes(bytes(form.questions))
        except BadContent:
            edition = None
        if isinstance(edition, QuestionSet):
            return _of_edition(edition, form)
    return _of_defaults(form, content, words)


def _of_edition(edition: QuestionSet, form: OpenForm) -> Sheet:
    language = form.language if form.language in edition.languages else edition.languages[0]
    pages = tuple(
        SheetPage(
            page.id,
            edition.said(f"page.{page.id}", language),
            tuple(_asked(edition, name, language) for name in page.questions),
        )
        for page in edition.pages
    )
    facts = {fact: question for question, fact in edition.facts.items()}
    return Sheet(edition.said("title", language), edition.said("lead", language), pages, form.kind, facts)


def _asked(edition: QuestionSet, name: str, language: str) -> DoorQuestion:
    schema = edition.asked.properties[name]
    choices = tuple((choice, edition.said(f"{name}.choice.{choice}", language)) for choice in schema.choices)
    fields = schema.properties or (schema.items.properties if schema.items is not None else None) or {}
    labels = {field: edition.said(f"{name}.field.{field}", language) for field in fields}
    label, hint = edition.said(f"{name}.label", language), edition.said(f"{name}.hint", language)
    needed = name in edition.asked.required
    return DoorQuestion(name, label, hint, schema, needed, choices, labels, edition.shown_if.get(name))


def _of_defaults(form: OpenForm, content: ShownForm, words: DoorWords) -> Sheet:
    pages = []
    for page, defaults in default_pages(form.kind, content):
        questions = tuple(asked_by_default(default, words) for default in defaults)
        pages.append(SheetPage(page, words(f"page.{page}"), questions))
    title = f"form.{form.kind.value}"
    return Sheet(words(title), words(f"{title}.lead"), tuple(pages), form.kind, DEFAULT_FACTS)


def asked_by_default(default: DefaultQuestion, words: DoorWords) -> DoorQuestion:
    """Return a question of a form without a question set, as it is asked in a language."""
    key = f"ask.{default.name.partition('.')[0]}"
    return DoorQuestion(
        default.name,
        words(key, about=default.about) if default.about else words(key),
        words.maybe(f"{key}.hint"),
        default.schema,
        default.needed,
        tuple((choice, _choice(default, choice, words)) for choice in default.schema.choices),
        condition=default.condition,
    )


def _choice(default: DefaultQuestion, choice: str, words: DoorWords) -> str:
    if choice in default.days:
        return words("choice.until", number=choice, day=words.day(default.days[choice]))
    return words(f"choice.{choice}")
