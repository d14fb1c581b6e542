"""The questions of a form that names no question set, made of the fields of the act that takes it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from accord.grantee.shown import ShownForm
from domain.editions.question_schema import QuestionSchema
from domain.editions.questions import AnswerCondition
from domain.submissions.kinds import DoorForm, ReportWay

MOST_EVIDENCE: Final = 20
"""The most steps of a work plan that are asked for papers: a form holds as many."""


class DefaultQuestion(NamedTuple):
    """A question by its name, with its schema and whether it must be answered."""

    name: str
    schema: QuestionSchema
    needed: bool = True
    condition: AnswerCondition | None = None
    about: str = ""
    """The words of which it asks, where several ask the same."""
    days: Mapping[str, str] = {}
    """By choice of a period: its last day."""


def _text(words: int) -> QuestionSchema:
    return QuestionSchema(type="string", format=f"words:{words}")


_MONEY: Final = QuestionSchema(type="string", format="money")
_PAPER: Final = QuestionSchema(type="string", format="paper")
_YES: Final = QuestionSchema(type="boolean", const=True)
_PERIOD: Final = QuestionSchema(type="object", format="period")
NOT_ARRIVED: Final = DefaultQuestion("not_arrived", _MONEY, needed=False)
"""The question how much less arrived than was paid: charges that banks took on the way, and what is missing."""
_FIGURES: Final = (DefaultQuestion("spent", _MONEY), DefaultQuestion("unspent", _MONEY), NOT_ARRIVED)
DEFAULT_FACTS: Final = {f"/figures/{name}": name for name in ("lines", "spent", "unspent", "not_arrived")}
PERIOD: Final = "budget_period"
"""The question up to which period of the budget a report goes."""
"""By fact of a report's money: the question that says it."""
Pages = Iterator[tuple[str, tuple[DefaultQuestion, ...]]]


def _report(content: ShownForm) -> Pages:
    match content.way:
        case ReportWay.OTHER_FUNDER:
            yield from _other_funder()
        case ReportWay.SPOKEN:
            yield from _spoken()
        case _:
            yield "summary", (DefaultQuestion("summary", _text(500)),)
    is_whole = not content.way or content.report_kind == "FINAL"
    if content.milestones and is_whole:
        yield "workplan", (DefaultQuestion("milestones", QuestionSchema(type="array", format="workplan")),)
        yield "evidence", tuple(_evidence(content))
    if content.indicators and is_whole:
        yield "results", (DefaultQuestion("results", QuestionSchema(type="array", format="results")),)
    yield from _money(content)
    if content.way != ReportWay.OTHER_FUNDER:
        yield "papers", (DefaultQuestion("document", _PAPER, needed=False),)


def _other_funder() -> Pages:
    """Yield the questions on a report to another funder: its paper, its time, and its part that is about this grant."""
    yield (
        "other",
        (
            DefaultQuestion("funder", QuestionSchema(type="string", maxLength=140)),
            DefaultQuestion("other_period", _PERIOD),
            DefaultQuestion("covers", _text(200)),
            DefaultQuestion("other_paper", _PAPER),
        ),
    )


def _spoken() -> Pages:
    """Yield the questions on a spoken report: are the words right and, where not, the right ones."""
    confirmed = DefaultQuestion("confirmed", QuestionSchema(type="string", enum=("right", "corrected")))
    corrected = AnswerCondition(question="confirmed", equals="corrected")
    yield "spoken", (confirmed, DefaultQuestion("summary", _text(500), condition=corrected))


def _evidence(content: ShownForm) -> Iterator[DefaultQuestion]:
    """Yield a question for the papers that show each step of the work plan, as many as a form may hold."""
    for step in content.milestones[:MOST_EVIDENCE]:
        yield DefaultQuestion(f"evidence.{step.number}", _PAPER, needed=False, about=step.what)


def _money(content: ShownForm) -> Pages:
    if content.lines:
        budget = DefaultQuestion("lines", QuestionSchema(type="array", format="budget"))
        yield "money", (*_budget_period(content), budget, DefaultQuestion("unspent", _MONEY, needed=False), NOT_ARRIVED)
    elif content.report_kind in {"FINANCIAL", "FINAL", ""}:
        yield "money", _FIGURES


def _budget_period(content: ShownForm) -> Iterator[DefaultQuestion]:
    """Yield the question up to which period a report goes: of several, and not of the final one, which covers all."""
    if len(content.periods) > 1 and content.report_kind != "FINAL":
        days = {str(number): ends for number, (_, ends) in enumerate(content.periods, 1)}
        yield DefaultQuestion(PERIOD, QuestionSchema(type="string", enum=tuple(days)), days=days)


def _change(content: ShownForm) -> Pages:
    choice = QuestionSchema(type="string", enum=("period", "budget", "both"))
    yield "change", (DefaultQuestion("change", choice), DefaultQuestion("reason", _text(500)))
    period = DefaultQuestion("period", _PERIOD, needed=False)
    in_words = DefaultQuestion("new_budget", _text(800), needed=False)
    if not content.lines:
        yield "new", (period, in_words)
        return
    table = DefaultQuestion("new_lines", QuestionSchema(type="array", format="new-budget"), needed=False)
    yield "new", (period,)
    yield "new_lines", (table, DefaultQuestion("new_line", _text(300), needed=False))


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
