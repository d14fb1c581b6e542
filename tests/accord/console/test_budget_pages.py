"""A budget on the pages of its case, and what a report says was spent of it on the form that judges the report."""

from __future__ import annotations

from typing import Any

import pytest

from accord.console.deciding.acts import BY_SLUG
from accord.console.deciding.deciding import JUDGING
from accord.console.pages.case.budget import budget_sheet, milestones_of_case
from accord.console.pages.case.spending import judged_spending
from accord.console.pages.templates import TEMPLATES
from domain.partnership import commands as c
from domain.plans import ReportKind
from tests.accord.console.rendering import AROUND, NAMES, case_page
from tests.accord.console.test_case import said
from tests.accord.machine_words import machine_words_in, open_words
from tests.budgets import budget, budgeted, line, milestone, spent
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import Story

MILESTONES = [
    milestone(1, due_on="2026-12-31", evidence="Photographs of the mast", holds=[2], barrier=True),
    milestone(2, due_on="2029-01-31"),
    milestone(3, due_on="2029-03-31"),
]
SHILLINGS = {
    "currency": "KES", "rate": "129.47", "arrived_on": "2026-11-20", "difference": "0.02", "reason": "The bank rounds",
}  # fmt: skip


def figures(period: int, unspent: str, *sums: str, **reasons: str) -> dict[str, Any]:
    whole = f"{sum(float(one) for one in sums):.2f}"
    lines = spent(*sums, **reasons)
    return {"currency": "USD", "spent": whole, "unspent": unspent, "period": period, "lines": lines}


def accounted_for() -> Story:
    """A grant of 1,000 of which 600 were paid, with an accepted report on its first period."""
    story = s.paid(**budgeted("600.00", "400.00", milestones=MILESTONES))
    word = [
        {"milestone": 1, "state": "DONE", "words": "It stands", "papers": ["a" * 64]},
        {"milestone": 2, "state": "LATE", "words": "The river rose", "due_on": "2029-02-28"},
    ]
    one = figures(1, "60.00", "280.00", "210.00", "50.00")
    return story.given(s.report(kind=ReportKind.FINANCIAL, figures=one, milestones=word), s.accept())


def to_be_judged() -> Story:
    """The same with a second report, in shillings, that waits to be judged."""
    lines = [
        {"line": 1, "spent": "179.98", "local": "23302.01", "reason": "Two courses wait for the dry season"},
        {"line": 2, "spent": "310.00", "local": "40135.70"},
        {"line": 3, "spent": "110.00", "local": "14241.70"},
    ]
    told = {"currency": "USD", "spent": "600.00", "unspent": "0.00", "period": 2, "lines": lines, "abroad": SHILLINGS}
    word = [{"milestone": 3, "state": "DROPPED", "words": "The school closed"}]
    return accounted_for().given(s.report(kind=ReportKind.FINANCIAL, figures=told, milestones=word))


@pytest.fixture(name="accounted", scope="module")
def fixture_accounted() -> Story:
    return accounted_for()


@pytest.fixture(name="judged", scope="module")
def fixture_judged() -> Story:
    return to_be_judged()


def form_page(story: Story, slug: str) -> str:
    """The form of an act, as the console renders it."""
    act, partnership = BY_SLUG[slug], story.partnership
    fields = act.fields(partnership)
    context = {
        "act": act, "known": partnership, "seen": {"version": 1}, "proposal": partnership.proposed, "fields": fields,
        "given": {}, "beside": {field.name: [] for field in fields}, "faults": [], "cautions": [],
        "spending": judged_spending(partnership), "told": (), "workbook": False, "subject": "",
        "reports": [], "title": "",
    }  # fmt: skip
    return TEMPLATES.get_template("form.html").render({**AROUND, **context})


def test_each_line_stands_beside_its_spending_by_period(accounted: Story) -> None:
    """Given an accepted report on the first of two periods, then the second says that none came, and not zero."""
    words = said(case_page(accounted))
    for told in (
        "The agreed budget USD 1,000.00 Spent USD 540.00 Left USD 460.00",
        "Indirect cost is USD 100.00, of at most USD 150.00 (15 % of the grant).",
        "a category of direct cost may rise by 10 % of its agreed sum. Indirect cost may not rise.",
        "1. Training of teachers 300.00 spent 280.00 300.00 no report 600.00 280.00 320.00",
        "50.00 from The county (in kind)",
        "All lines 550.00 spent 540.00 450.00 no report 1,000.00 540.00 460.00 50.00",
    ):
        assert told in words


def test_each_category_stands_beside_what_it_may_rise_by(accounted: Story) -> None:
    sheet = budget_sheet(accounted.partnership)
    assert sheet is not None
    assert [(one.category, one.budget, one.rise, one.free, one.tone) for one in sheet.moves] == [
        ("Training", "600.00", "0.00", "60.00", "good"),
        ("Travel", "300.00", "0.00", "30.00", "good"),
        ("Overhead, indirect", "100.00", "0.00", "0.00", "good"),
    ]


def test_each_milestone_says_its_state_its_new_day_and_what_waits_for_it(judged: Story) -> None:
    marks = milestones_of_case(judged.partnership, NAMES)
    assert [(one.state, one.tone) for one in marks] == [
        ("Done", "good"), ("Late", "warn"), ("Dropped, not accepted yet", "info"),
    ]  # fmt: skip
    assert marks[0].holds == "payment 2, not owed before it is done"
    assert marks[0].shown_by == "Evidence: Photographs of the mast"
    assert "planned for 31 Jan 2029" in marks[1].due


def test_a_budget_that_was_only_proposed_says_so_and_a_grant_without_one_nothing() -> None:
    assert "The proposed budget USD 1,000.00" in said(case_page(s.in_approval(**budgeted())))
    assert 'id="budget"' not in case_page(s.paid())


@pytest.mark.parametrize("slug", ["accept-report", "return-report", "report"])
def test_the_forms_of_a_report_by_line_say_no_word_of_the_machine(judged: Story, slug: str) -> None:
    assert machine_words_in(open_words(form_page(judged, slug))) == []


def test_lines_of_one_category_stand_together_whatever_their_order() -> None:
    plan = budget(
        line(1, "Training", "300.00", "300.00"), line(2, "Travel", "200.00", "50.00"),
        line(3, "Training", "50.00", "50.00"), line(4, "Overhead", "25.00", "25.00", kind="INDIRECT"),
    )  # fmt: skip
    sheet = budget_sheet(s.in_approval(**budgeted(plan=plan)).partnership)
    assert sheet is not None
    assert [(category, len(lines)) for category, lines in sheet.groups] == [
        ("Training", 2), ("Travel", 1), ("Overhead", 1),
    ]  # fmt: skip


def test_who_judges_a_report_reads_each_line_beside_its_budget_to_date(judged: Story) -> None:
    """Given a report beyond its share, then its form marks the line, quotes why, and names the category."""
    for slug in ("accept-report", "return-report"):
        words = said(form_page(judged, slug))
        for told in (
            "1. Training of teachers Training 600.00 179.98 23,302.01 -420.02 Beyond tolerance Two courses wait",
            "2. Travel of teachers Travel 300.00 310.00 40,135.70 +10.00 3.",
            "Travel Within its free share USD 10.00 above the USD 300.00 that were agreed; USD 30.00 is free.",
            "Overhead USD 10.00 beyond USD 10.00 above the USD 100.00 that were agreed; indirect cost never rises",
            "at 129.47 KES for one USD, as the money arrived on 20 Nov 2026.",
            "The exchange difference is USD 0.02: The bank rounds.",
        ):  # fmt: skip
            assert told in words
    assert (c.AcceptReport, c.ReturnReport) == JUDGING


def test_a_report_without_lines_shows_no_table_and_a_judged_one_waits_no_more(accounted: Story) -> None:
    assert judged_spending(s.paid().given(s.report()).partnership) == ()
    assert judged_spending(accounted.partnership) == ()
    assert "What report 1 says was spent by line" in said(case_page(accounted))
