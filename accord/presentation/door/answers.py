"""The answers of a submission in words: beside what the form showed, and the fact that each becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from accord.presentation.acts import fields_of
from accord.presentation.door.becoming import BUDGET_PERIOD, NOT_DUE, Submitted, pointers_of
from accord.presentation.words.codes import as_sentence, plainly, words_of
from accord.presentation.words.labels import ENTRIES, LABELS
from domain.budgets.milestones import MilestoneState
from domain.editions.questions import QuestionSet
from domain.partnership import commands as c
from domain.submissions.bank_details import fault_of_value
from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import SubmissionKind

_LABELS: Final[Mapping[str, str]] = {
    "summary": "What was done",
    "milestones": "Work plan",
    "results": "Results",
    "budget_period": "Up to which period of the budget",
    "lines": "Spent, by line of the budget",
    "spent": "Spent",
    "unspent": "Unspent",
    "returned": "Returned",
    "change": "What they ask to change",
    "reason": "Why",
    "period": "When",
    "new_lines": "The sums that they ask for",
    "new_line": "A line that is not there yet",
    "new_budget": "The budget that they ask for",
    "funder": "Made to another funder",
    "other_period": "The time that it covers",
    "covers": "What of it is about this grant",
    "confirmed": "What we wrote down",
    "accepted": "They accept the agreement",
    "words": "In words",
    "answer": "What they wrote",
    "document": "Paper",
    "other_paper": "The paper of the other report",
}
"""The questions of a form without a question set."""
_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "confirmed": {"right": "They confirm it, word by word", "corrected": "They write it anew"},
    "change": {"period": "the period", "budget": "the budget", "both": "the period and the budget"},
}
"""By question of such a form: what may be chosen, in words."""
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "lines": ("what", "sum", "before"),
    "milestones": ("what", "due_on"),
    "indicators": ("what", "target", "before"),
}
_NUMBERS: Final = ("number", "line", "milestone", "indicator")
"""The fields of an entry that say which line, milestone or measure it is about."""
_PLACES: Final[Mapping[str, str]] = {
    "lines": "lines",
    "milestones": "milestones",
    "results": "indicators",
    "period": "period",
    "spent": "paid",
}
"""By the last step of a fact: where the form showed what was known of it."""


_REPORT_TITLES: Final[Mapping[str, str]] = {field.name: field.title for field in fields_of(c.Report)}
"""By field of a report: its name on pages."""


class AnswerRow(NamedTuple):
    """An answer, or one entry of it: known before, handed in, and what it becomes."""

    field: str
    """The field under which staff may ask a question."""
    label: str
    known: str
    handed_in: tuple[str, ...]
    becomes: str
    difference: str
    """The difference from what was known, or '' where there is none to mark."""
    bank_details: str
    """The fault of a text that shows bank details, or ''."""


def answer_rows(evidence: Submitted) -> tuple[AnswerRow, ...]:
    """Return a submission's answers in the order of its questions."""
    answers, pointers = evidence.content.answers, pointers_of(evidence)
    order = evidence.questions.order if evidence.questions is not None else list(_LABELS)
    names = [*(name for name in order if name in answers), *(name for name in answers if name not in order)]
    return tuple(row for name in names for row in _rows(evidence, name, answers[name], pointers.get(name, "")))


def _rows(evidence: Submitted, name: str, answer: Any, pointer: str) -> Iterator[AnswerRow]:
    label = label_of(evidence.questions, name, evidence.content.language)
    fact = pointer.rpartition("/")[2] if pointer != BUDGET_PERIOD else BUDGET_PERIOD
    content = evidence.form_content.get(_PLACES.get(fact or name, ""))
    fault = str(fault_of_value(answer) or "")
    becomes = fact_in_words(pointer, evidence.content.kind)
    if isinstance(content, list) and content and isinstance(content[0], Mapping) and isinstance(answer, list | dict):
        known_entries = {str(entry.get("number")): entry for entry in content if isinstance(entry, Mapping)}
        word = ENTRIES.get(fact or name, label)
        for number, entry in _entries(answer):
            known_entry = known_entries.get(number, {})
            known_words = _known_words(known_entry, _PLACES[fact or name])
            yield AnswerRow(
                name,
                f"{label}: {word.lower()} {number}",
                known_words,
                _words(entry),
                becomes,
                _difference(known_entry, entry),
                fault,
            )
        return
    known_words = " to ".join(map(str, content)) if isinstance(content, list) else str(content or "")
    choices = _CHOICES.get(name, {}) if evidence.questions is None and isinstance(answer, str) else {}
    handed_in = _words(choices.get(str(answer), answer))
    difference = "differs" if fact == "period" and known_words and known_words != " to ".join(handed_in) else ""
    yield AnswerRow(name, label, known_words, handed_in, becomes, difference, fault)


_READ: Final[Mapping[str, str]] = {
    "papers": "Papers that were asked for",
    "spoken": "What we wrote down",
    "note": "What we asked",
}


def read_rows(content: SubmissionContent) -> tuple[tuple[str, str], ...]:
    """Return what the form put before whoever handed in, by its name and in full."""
    return tuple(row for name, part in content.read.items() for row in _read(name, part))


def _read(name: str, part: Any) -> Iterator[tuple[str, str]]:
    match part:
        case {"text": text}:
            yield "The agreement", str(text)
        case dict():
            yield "The agreement", "By its digest alone."
        case list():
            yield _READ.get(name, name), "\n".join(map(str, part))
        case _:
            yield _READ.get(name, name), str(part)


def label_of(questions: QuestionSet | None, name: str, language: str) -> str:
    """Return a question as it was asked, or the name of a field of a form without a question set."""
    if questions is not None:
        for code in ("en", language, questions.languages[0]):
            if words := questions.said(f"{name}.label", code):
                return words
    asked, _, number = name.partition(".")
    if asked == "evidence":
        return f"What shows milestone {number}"
    return _LABELS.get(name) or as_sentence(plainly(name.replace(".", " ")))


def fact_in_words(pointer: str, kind: SubmissionKind) -> str:
    """Return the fact that an answer becomes, in words, or '' where it stays evidence beside the act."""
    steps = [step for step in pointer.split("/") if step and not step.isdecimal()]
    titles = _REPORT_TITLES if kind is SubmissionKind.REPORT else {}
    labels = (
        titles.get(step) or LABELS.get(("", step)) or as_sentence(plainly(step.removesuffix("_sha256")))
        for step in steps
    )
    return ", ".join(labels)


def _entries(answer: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(answer, dict):
        yield from ((str(key), entry) for key, entry in answer.items())
        return
    for place, entry in enumerate(answer, 1):
        numbers = (entry.get(name) for name in _NUMBERS) if isinstance(entry, Mapping) else ()
        yield next((str(number) for number in numbers if number is not None), str(place)), entry


def _known_words(entry: Mapping[str, Any], kind: str) -> str:
    return ", ".join(str(entry[name]) for name in _PARTS.get(kind, ()) if entry.get(name))


def _difference(known_entry: Mapping[str, Any], entry: Any) -> str:
    """Return the mark of an entry: more than was agreed, late, dropped, or another day."""
    if not isinstance(entry, Mapping):
        return ""
    if (state := entry.get("state")) in {"LATE", "DROPPED"}:
        return str(state).lower()
    if "sums" in entry and [str(amount) for amount in entry["sums"]] != list(known_entry.get("sums", ())):
        return "differs"
    try:
        spending, agreement = (Decimal(str(text).replace(",", "")) for text in (entry["spent"], known_entry["sum"]))
        return "more than was agreed" if spending > agreement else ""
    except (InvalidOperation, KeyError):
        return ""


def _words(value: Any) -> tuple[str, ...]:
    """Return a value in lines."""
    match value:
        case bool():
            return ("yes" if value else "no",)
        case {"starts": starts, "ends": ends, **others} if not others:
            return (str(starts), str(ends))
        case dict():
            parts = ((name, part) for name, part in value.items() if name not in _NUMBERS)
            return tuple(
                f"{as_sentence(plainly(name))}: {', '.join(_words(_part(name, part)))}"
                for name, part in parts
                if part != ""
            )
        case list() | tuple():
            return tuple(", ".join(_words(part)) for part in value)
        case None | "":
            return ("not answered",)
        case _:
            return tuple(str(value).splitlines())


def _part(name: str, part: Any) -> Any:
    """Return a part of an entry: the state of a milestone in words, and all else as it is."""
    if name == "state" and part == NOT_DUE:
        return "not yet due"
    return words_of(MilestoneState(part)) if name == "state" and part in set(MilestoneState) else part
