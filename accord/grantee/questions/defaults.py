"""The questions of a form that names no question set, made of the fields of the act that takes it over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from accord.grantee.shown import ShownForm
from domain.editions.question_schema import QuestionSchema
from domain.submissions.kinds import DoorForm


class DefaultQuestion(NamedTuple):
    """A question by its name, with its schema and whether it must be answered."""

    name: str
    schema: QuestionSchema
    needed: bool = True


def _text(words: int) -> QuestionSchema:
    return QuestionSchema(type="string", format=f"words:{words}")


_MONEY: Final = QuestionSchema(type="string", format="money")
_PAPER: Final = QuestionSchema(type="string", format="paper")
_YES: Final = QuestionSchema(type="boolean", const=True)
_FIGURES: Final = (DefaultQuestion("spent", _MONEY), DefaultQuestion("unspent", _MONEY))
DEFAULT_FACTS: Final = {f"/figures/{name}": name for name in ("lines", "spent", "unspent")}
"""By fact of a report's money: the question that says it."""
Pages = Iterator[tuple[str, tuple[DefaultQuestion, ...]]]


def _report(content: ShownForm) -> Pages:
    yield "summary", (DefaultQuestion("summary", _text(500)),)
    if content.milestones:
        yield "workplan", (DefaultQuestion("milestones", QuestionSchema(type="array", format="workplan")),)
    if content.indicators:
        yield "results", (DefaultQuestion("results", QuestionSchema(type="array", format="results")),)
    if content.lines:
        budget = DefaultQuestion("lines", QuestionSchema(type="array", format="budget"))
        yield "money", (budget, DefaultQuestion("unspent", _MONEY, needed=False))
    elif content.report_kind in {"FINANCIAL", "FINAL", ""}:
        yield "money", _FIGURES
    yield "papers", (DefaultQuestion("document", _PAPER, needed=False),)


def _change(_: ShownForm) -> Pages:
    choice = QuestionSchema(type="string", enum=("period", "budget", "both"))
    yield "change", (DefaultQuestion("change", choice), DefaultQuestion("reason", _text(500)))
    period = DefaultQuestion("period", QuestionSchema(type="object", format="period"), needed=False)
    yield "new", (period, DefaultQuestion("new_budget", _text(800), needed=False))


def _acceptance(_: ShownForm) -> Pages:
    yield "agreement", (DefaultQuestion("accepted", _YES), DefaultQuestion("words", _text(300), needed=False))


def _papers(_: ShownForm) -> Pages:
    yield "papers", (DefaultQuestion("document", _PAPER), DefaultQuestion("words", _text(300), needed=False))


def _question(_: ShownForm) -> Pages:
    yield "answer", (DefaultQuestion("answer", _text(800)), DefaultQuestion("document", _PAPER, needed=False))


_PAGES: Final = {
    DoorForm.REPORT: _report, DoorForm.CHANGE: _change, DoorForm.ACCEPTANCE: _acceptance, DoorForm.PAPERS: _papers,
    DoorForm.QUESTION: _question,
}  # fmt: skip


def default_pages(kind: DoorForm, content: ShownForm) -> Pages:
    """Yield the pages of a form of this kind, each with its questions."""
    return _PAGES[kind](content)
