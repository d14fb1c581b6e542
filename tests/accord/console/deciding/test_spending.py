"""The forms of a report by line and of its acceptance: what they ask, and the command that they make of the answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accord.console.deciding.acts import BY_SLUG, content_of
from accord.presentation.faults import BadInput
from domain.plans import ReportKind
from tests.budgets import budgeted, milestone, spent
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import Story

REPORT, ACCEPT = BY_SLUG["report"], BY_SLUG["accept-report"]


@pytest.fixture(name="paid", scope="module")
def fixture_paid() -> Story:
    """A grant of 1,000 with a budget and a milestone far ahead, paid."""
    return s.paid(**budgeted(milestones=[milestone(due_on="2029-01-31")]))


def typed(**answers: str) -> dict[str, list[str]]:
    """Answers by the names of fields, in which a line or a milestone is named with hyphens."""
    dashed = ("line", "milestone")
    return {name.replace("_", "-") if name.startswith(dashed) else name: [text] for name, text in answers.items()}


LINES = {"line_1": "600", "line_2": "300.00", "line_3": "100"}


def test_each_line_and_each_milestone_is_asked(paid: Story) -> None:
    names = [field.name for field in REPORT.fields(paid.partnership)]
    assert {"period", "line-1", "line-2", "line-3", "line-3-reason", "spent_in", "milestone-1"} <= set(names)


def test_a_grant_without_a_budget_is_asked_nothing_more() -> None:
    names = [field.name for field in REPORT.fields(s.paid().partnership)]
    assert not [name for name in names if name.startswith(("line", "milestone", "period", "spent_in"))]


def test_the_form_makes_the_report_that_is_signed(paid: Story) -> None:
    """Given the answers of a form, then the command has the figures by line and the word on the milestone."""
    answers = typed(
        planned=".FINANCIAL", summary="Eleven courses", period="2", **LINES, line_1_reason="It rained",
        milestone_1="LATE", milestone_1_words="The river rose", milestone_1_day="2029-06-30",
    )  # fmt: skip
    content = content_of(REPORT, paid.partnership, answers)
    story = paid.when(s.report(kind=ReportKind.FINANCIAL, **{
        name: content[name] for name in ("figures", "milestones")
    }))  # fmt: skip
    assert story.refusal is None
    [filed] = story.partnership.reporting.filed
    assert filed.figures is not None
    assert (filed.figures.spent, filed.figures.lines[0].reason) == (Decimal(1000), "It rained")
    assert filed.milestones[0].words == "The river rose"


def test_a_sum_that_may_be_two_is_asked_back(paid: Story) -> None:
    with pytest.raises(BadInput, match=r"line 1: '1\.234' may be 1,234\.00 or 1\.234"):
        content_of(REPORT, paid.partnership, typed(planned=".FINANCIAL", **{**LINES, "line_1": "1.234"}))


def test_an_acceptance_asks_of_each_category_that_went_beyond(paid: Story) -> None:
    figures: dict[str, Any] = {
        "currency": "USD", "spent": "1000.00", "period": 2,
        "lines": spent("550.00", "350.00", "100.00", line_2="The bridge was closed"),
    }  # fmt: skip
    story = paid.given(s.report(kind=ReportKind.FINANCIAL, figures=figures))
    labels = [field.label for field in ACCEPT.fields(story.partnership)]
    assert "Not allowed of Travel" in labels
    answers = {"report": ["1"], "reason": ["It agrees with the books"], "disallowed-1": ["20.00"]}
    content = content_of(ACCEPT, story.partnership, answers)
    assert story.when(s.accept(disallowed=content["disallowed"])).refusal is None


def test_an_acceptance_asks_what_became_of_money_that_did_not_arrive() -> None:
    """Given a report of less than was paid, then its judge reads both words on it, and answers."""
    assert "shortfall" not in [field.name for field in ACCEPT.fields(s.paid().given(s.report()).partnership)]
    answers = typed(planned=".FINAL", summary="Eleven courses", spent="975", not_arrived="25.00")
    figures = content_of(REPORT, s.paid().partnership, answers)["figures"]
    story = s.paid().given(s.report(figures=figures))
    [asked] = [field for field in ACCEPT.fields(story.partnership) if field.name == "shortfall"]
    assert "USD 25.00 did not arrive. The bank tells of no charges on the way." in asked.hint
    content = content_of(ACCEPT, story.partnership, typed(report="1", reason="As the books", shortfall="A fee"))
    assert story.when(s.accept(shortfall=content["shortfall"])).refusal is None
