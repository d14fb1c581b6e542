"""An edition as those see it whom it is for: its questions, categories, criteria, lines or terms, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, assert_never

from domain.editions.calls import CallForApplications
from domain.editions.content import EditionContent, json_of
from domain.editions.letters import LetterTemplate
from domain.editions.question_schema import QuestionSchema
from domain.editions.questions import QuestionPage, QuestionSet
from domain.editions.templates import BudgetTemplate, CostBase, ScoreSheet

_ANSWERS: Final = {
    "money": "a sum", "date": "a day", "period": "from one day to another", "country": "a country",
    "email": "an address", "party": "an organisation or a person", "people": "people",
    "budget": "the budget, line by line",
    "new-budget": "a new sum for each line of the budget", "workplan": "the work plan",
    "results": "results by indicator", "paper": "a file",
}  # fmt: skip


class PreviewEntry(NamedTuple):
    """One thing that is asked, or said."""

    name: str
    label: str
    hint: str = ""
    answer: str = ""
    """What is answered, in words."""
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    condition: str = ""
    becomes: str = ""
    """The fact that the answer becomes, or that is set into a letter."""


class PreviewPage(NamedTuple):
    """A page of a preview."""

    title: str
    entries: tuple[PreviewEntry, ...]


def preview_of(content: EditionContent, language: str) -> tuple[PreviewPage, ...]:
    """Return the pages of an edition in one of its languages."""
    match content:
        case QuestionSet():
            return tuple(_question_page(content, page, language) for page in content.pages)
        case BudgetTemplate():
            return (PreviewPage("", tuple(_categories(content, language))),)
        case ScoreSheet():
            scales = {criterion.code: f"{criterion.least} to {criterion.most}" for criterion in content.criteria}
            return (PreviewPage("", tuple(_entry(content, code, language, scales[code]) for code in scales)),)
        case LetterTemplate():
            lines = tuple(PreviewEntry("", line) for line in content.template.split("\n"))
            fields = tuple(PreviewEntry(name, name, becomes=fact) for name, fact in content.fields.items())
            return (PreviewPage("Template", lines), PreviewPage("Set into it", fields))
        case CallForApplications():
            terms = content.parts()[""].items()
            return (PreviewPage("", tuple(PreviewEntry(name, name, answer=words) for name, words in terms if words)),)
        case _:
            raise ValueError(f"{content.kind} has no preview")


def _entry(content: EditionContent, code: str, language: str, answer: str) -> PreviewEntry:
    hint = content.said(f"{code}.hint", language)
    return PreviewEntry(code, content.said(f"{code}.label", language), hint, answer)


def _categories(template: BudgetTemplate, language: str) -> Iterator[PreviewEntry]:
    for category in template.categories:
        yield _entry(template, category.code, language, f"{category.kind.value.lower()} cost")
    yield PreviewEntry("", "Limits", limits_in_words(template))


def limits_in_words(template: BudgetTemplate) -> str:
    """Return the limits of a budget template in a sentence or two."""
    base = "the grant" if template.indirect_of is CostBase.GRANT else "direct cost"
    cap = (
        f"Indirect cost is at most {template.indirect_most} % of {base}. " if template.indirect_most is not None else ""
    )
    moves = f"{template.free_move} % of a category may move without an amendment, and {template.free_floor:,} of a line"
    return f"{cap}{moves}. At most {template.periods_most} periods."


def _question_page(content: QuestionSet, page: QuestionPage, language: str) -> PreviewPage:
    entries = tuple(_question(content, name, language) for name in page.questions)
    return PreviewPage(content.said(f"page.{page.id}", language), entries)


def _question(content: QuestionSet, name: str, language: str) -> PreviewEntry:
    schema, condition = content.asked.properties[name], content.shown_if.get(name)
    asked_if = ""
    if condition is not None:
        condition_label = content.said(f"{condition.question}.label", language)
        asked_if = f"{condition_label} {_choice(content, condition.question, condition.equals, language)}"
    return PreviewEntry(
        name,
        content.said(f"{name}.label", language),
        content.said(f"{name}.hint", language),
        answer_in_words(schema),
        tuple(content.said(f"{name}.choice.{choice}", language) for choice in schema.choices),
        name in content.asked.required,
        asked_if,
        content.facts.get(name, ""),
    )


def _choice(content: QuestionSet, question: str, equals: bool | str, language: str) -> str:
    return json_of(equals) if isinstance(equals, bool) else content.said(f"{question}.choice.{equals}", language)


def answer_in_words(schema: QuestionSchema) -> str:
    """Return the answer that a question has room for."""
    if schema.most_words is not None:
        return f"text, up to {schema.most_words:,} words"
    if schema.format is not None:
        return _ANSWERS[schema.format]
    match schema.type:
        case "boolean":
            return "yes or no"
        case "integer":
            return f"a whole number{_bounds(schema.minimum, schema.maximum)}"
        case "string" if schema.enum:
            return "one of these"
        case "string":
            return f"a line, up to {schema.longest} signs"
        case "array" if schema.choices:
            return f"one or several of these{_bounds(schema.least_items, schema.most_items)}"
        case "array":
            return f"rows{_bounds(schema.least_items, schema.most_items)}"
        case "object":
            return f"several answers: {', '.join(schema.properties or {})}"
        case _:
            assert_never(schema.type)


def _bounds(least: int | None, most: int | None) -> str:
    match least, most:
        case None, None:
            return ""
        case _, None:
            return f", at least {least:,}"
        case None, _:
            return f", at most {most:,}"
        case _:
            return f", {least:,} to {most:,}"
