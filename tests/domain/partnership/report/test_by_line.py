"""Reports by line of the agreed budget: they add up, explain themselves, and are measured over all reports together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.partnership.proposal.amendment import Change
from domain.partnership.report.reports import ReportState
from domain.plans import ReportKind
from tests.budgets import budget, budgeted, line, milestone, spent
from tests.builders import funds_out
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import Story

PROGRESS, FINANCIAL, FINAL = ReportKind.PROGRESS, ReportKind.FINANCIAL, ReportKind.FINAL


def figures(*lines: str, period: int | None = 2, whole: str = "1000.00", **more: Any) -> dict[str, Any]:
    """Figures in which the lines are spent, and the rest is unspent."""
    by_line = spent(*lines, **{name: more.pop(name) for name in list(more) if name.startswith("line_")})
    total = sum(map(Decimal, lines), Decimal(0))
    left = Decimal(whole) - total - Decimal(more.get("returned", "0"))
    return {"currency": "USD", "spent": str(total), "unspent": str(left), "period": period, "lines": by_line, **more}


def told(said: dict[str, Any], kind: ReportKind = FINANCIAL, **more: Any) -> Any:
    return s.report(kind=kind, figures=said, **more)


def refused(story: Story) -> str:
    assert story.refusal is not None
    return str(story.refusal)


@pytest.fixture(name="paid", scope="module")
def fixture_paid() -> Story:
    """A grant of 1,000 with a budget, paid."""
    return s.paid(**budgeted())


WITHIN = ("600.00", "300.00", "100.00")


def test_a_report_that_adds_up_by_line_is_accepted(paid: Story) -> None:
    story = paid.given(told(figures(*WITHIN)), s.accept())
    assert story.partnership.reporting.filed[0].state is ReportState.ACCEPTED


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({**figures(*WITHIN), "lines": ()}, "there is a budget; say what was spent of each line"),
        (figures("600.00", "300.00"), "line 3 (Rent and management) is not answered; give its sum, 0 for nothing"),
        (figures(*WITHIN, "0.00"), "line 4 is not in the agreed budget; it has 1 to 3"),
        ({**figures(*WITHIN), "lines": [*spent(*WITHIN), *spent("0.00")]}, "line 1 is reported on twice"),
        (
            {**figures(*WITHIN), "lines": spent("599.99", "300.00", "100.00")},
            "the lines make 999.99, and 1,000.00 was spent; 0.01 is missing",
        ),
        ({**figures("599.995", "300.005", "100.00")}, "599.995 has more decimals than USD has, 2"),
        (figures(*WITHIN, period=None), "say up to which period of the budget they go, 1 to 2"),
        (figures(*WITHIN, period=3), "the budget has 2 periods, and no period 3"),
        (figures("600.00", "300.00", "0.00"), "line 3 (Rent and management) spent 0.00, and its budget"),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_refused_with_the_line(paid: Story, said: dict[str, Any], fault: str) -> None:
    """Given figures with one fault, then the refusal names it and its line, and nothing is recorded."""
    story = paid.when(told(said))
    assert fault in refused(story)
    assert story.partnership.reporting.filed == ()


def test_a_line_within_the_free_share_says_no_reason_and_one_beyond_does(paid: Story) -> None:
    """Given a tenth that is free, when a line spends a cent more than a tenth above its budget to date, it is asked."""
    assert paid.when(told(figures("330.00", "200.00", "50.00", period=1))).refusal is None
    assert "line 1 (Training of teachers) spent 330.01" in refused(
        paid.when(told(figures("330.01", "200.00", "50.00", period=1)))
    )
    explained = figures("330.01", "200.00", "50.00", period=1, line_1="The first course came early")
    assert paid.when(told(explained)).refusal is None


def test_a_grant_without_a_budget_says_nothing_by_line() -> None:
    assert "no budget is agreed here; leave the lines out" in refused(s.paid().when(told(figures("1000.00"))))


def test_the_final_report_covers_every_period(paid: Story) -> None:
    assert paid.when(told(figures(*WITHIN, period=None), FINAL)).refusal is None
    assert "covers all 2 periods" in refused(paid.when(told(figures("600.00", "300.00", "100.00", period=1), FINAL)))


TWO_PERCENT = [str(Decimal("300.00") + 6 * step) for step in range(1, 7)]
"""Each report has a fiftieth of the travel more than the one before: 306, 312, ... of 300."""


def test_ten_small_moves_are_one_large_one(paid: Story) -> None:
    """Given a tenth that is free, when each report moves two per cent, then the sixth is received and not accepted."""
    story = paid
    for number, travel in enumerate(TWO_PERCENT, start=1):
        training = str(Decimal("900.00") - Decimal(travel))
        story = story.given(told(figures(training, travel, "100.00", line_2="It rained")))
        story = story.when(s.accept(number))
        if number < 6:
            assert story.refusal is None
    assert "report 6 is received and not accepted: Travel spent USD 336.00, USD 36.00" in refused(story)
    assert story.partnership.reporting.filed[5].state is ReportState.RECEIVED


def test_a_move_at_the_limit_is_free_and_a_cent_more_is_not(paid: Story) -> None:
    at = paid.given(told(figures("570.00", "330.00", "100.00", line_2="It rained")))
    assert at.when(s.accept()).refusal is None
    over = paid.given(told(figures("569.99", "330.01", "100.00", line_2="It rained")))
    assert "USD 30.00 is free" in refused(over.when(s.accept()))


def test_indirect_cost_never_rises_freely(paid: Story) -> None:
    story = paid.given(told(figures("599.99", "300.00", "100.01")))
    assert "Overhead spent USD 100.01, USD 0.01" in refused(story.when(s.accept()))
    assert "indirect cost never rises freely" in refused(story.when(s.accept()))


def test_what_is_spent_early_is_no_move(paid: Story) -> None:
    """Given the whole travel spent in the first period, then its line says why, and the report is accepted."""
    early = figures("300.00", "300.00", "50.00", period=1, line_2="All schools were visited at once")
    assert paid.given(told(early)).when(s.accept()).refusal is None


OVER = figures("550.00", "350.00", "100.00", line_2="The bridge was closed")
MORE_TRAVEL = budget(
    line(1, "Training", "300.00", "250.00"),
    line(2, "Travel", "200.00", "150.00", others=[{"source": "The county", "amount": "50.00", "in_kind": True}]),
    line(3, "Overhead", "50.00", "50.00", kind="INDIRECT", what="Rent and management"),
)


def test_beyond_the_share_it_is_accepted_once_the_amendment_is_approved_and_not_before(paid: Story) -> None:
    """Given a report beyond the share, when the budget is amended, then it waits for the programme's approval."""
    story = paid.given(told(OVER), s.amend(**budgeted(plan=MORE_TRAVEL)))
    assert {one.role.value for one in story.partnership.approvals} == {"FINANCE_APPROVER"}
    assert "is received and not accepted" in refused(story.when(s.accept()))
    agreed = story.given(s.approve("ana.silva"))
    assert agreed.partnership.reporting.budget == agreed.partnership.proposed.funds_out.budget  # type: ignore[union-attr]
    assert agreed.when(s.accept(actor="dora.kim")).refusal is None


def test_more_indirect_cost_asks_finance_too(paid: Story) -> None:
    more = budget(
        line(1, "Training", "300.00", "290.00"),
        line(2, "Travel", "200.00", "100.00", others=[{"source": "The county", "amount": "50.00", "in_kind": True}]),
        line(3, "Overhead", "50.00", "60.00", kind="INDIRECT", what="Rent and management"),
    )
    story = paid.given(s.amend(**budgeted(plan=more)))
    assert story.partnership.approvals == ()


def test_another_order_of_lines_is_no_change_before_anything_is_reported(paid: Story) -> None:
    lines = [{**one, "number": 4 - one["number"]} for one in budget()["lines"]]
    turned = budget(*sorted(lines, key=lambda one: one["number"]))
    story = paid.when(s.amend(**budgeted(plan=turned)))
    assert story.said[0].changes == ()  # type: ignore[union-attr]
    assert story.partnership.reporting.budget == story.partnership.proposed.funds_out.budget  # type: ignore[union-attr]
    reported = paid.given(told(figures(*WITHIN)))
    assert "line 1 (Training of teachers) was reported on and stays in Training" in refused(
        reported.when(s.amend(**budgeted(plan=turned)))
    )


def test_an_amendment_lowers_no_category_below_what_was_accepted(paid: Story) -> None:
    story = paid.given(told(figures(*WITHIN)), s.accept())
    less = budget(line(1, "Training", "700.00", "0.00"), line(2, "Travel", "200.00", "0.00"), budget()["lines"][2])
    assert "accepted report 1 spent 300.00 of it" in refused(story.when(s.amend(**budgeted(plan=less))))


def test_an_amendment_does_not_take_the_budget_away(paid: Story) -> None:
    assert "budget: there is one" in refused(paid.when(s.amend(funds_out=funds_out("1000.00"))))


def test_a_larger_grant_needs_its_budget_to_grow_with_it() -> None:
    with pytest.raises(ValueError, match=r"its lines make 1,000.00, and the tranches 1,100.00; 100.00 is missing"):
        s.amend(**budgeted("1000.00", "100.00", plan=budget()))


NOT_ALLOWED = ({"category": "Travel", "amount": "20.00"},)


def test_an_excess_that_is_not_allowed_is_money_to_be_paid_back(paid: Story) -> None:
    """Given 20 above the free share, when whoever accepts it does not allow them, then the grantee owes them."""
    story = paid.given(told(OVER), s.accept(disallowed=NOT_ALLOWED))
    assert story.partnership.unspent == Decimal("20.00")
    final = told(figures("550.00", "350.00", "100.00", line_2="The bridge was closed"), FINAL)
    closed = story.given(final, s.accept(2, disallowed=NOT_ALLOWED))
    assert (closed.partnership.unspent, closed.partnership.fulfilled) == (Decimal("20.00"), False)
    back = closed.given(s.refund("20.00"), s.confirm_refund())
    assert (back.partnership.unspent, back.partnership.fulfilled) == (Decimal(0), True)


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        (({"category": "Travel", "amount": "19.99"},), "do not allow USD 0.01 of it"),
        (({"category": "Hotels", "amount": "20.00"},), "'Hotels' is no category of the budget"),
        (({"category": "Travel", "amount": "350.01"},), "'Travel' spent 350.00, and 350.01 is more"),
        ((*NOT_ALLOWED, *NOT_ALLOWED), "'Travel' is named twice"),
        (({"category": "Travel", "amount": "20.001"},), "20.001 has more decimals than USD has"),
    ],
)
def test_what_is_not_allowed_is_named_exactly(paid: Story, named: tuple[dict[str, str], ...], fault: str) -> None:
    assert fault in refused(paid.given(told(OVER)).when(s.accept(disallowed=named)))


def test_what_was_not_allowed_stays_owed_though_a_later_report_leaves_it_out(paid: Story) -> None:
    """Given costs that were not allowed, when the next report calls them unspent, then they still come back."""
    story = paid.given(told(OVER), s.accept(disallowed=NOT_ALLOWED))
    later = story.given(told(figures("550.00", "330.00", "100.00", line_2="Without the bridge")), s.accept(2))
    assert later.partnership.unspent == Decimal("20.00")


def test_what_was_not_allowed_twice_is_owed_once(paid: Story) -> None:
    """Given figures that run from the first payment on, then the same cost stands in each report and counts once."""
    story = paid.given(told(OVER), s.accept(disallowed=NOT_ALLOWED), told(OVER), s.accept(2, disallowed=NOT_ALLOWED))
    assert story.partnership.unspent == Decimal("20.00")


def test_a_correction_keeps_what_is_owed_until_it_is_accepted_itself(paid: Story) -> None:
    """Given a mistake in a report of which something was not allowed, then its correction ends that once accepted."""
    story = paid.given(told(OVER), s.accept(disallowed=NOT_ALLOWED), told(figures(*WITHIN), corrects=1))
    assert story.partnership.unspent == Decimal("20.00")
    assert story.given(s.accept(2)).partnership.unspent == Decimal(0)


def test_a_report_that_is_returned_counts_no_more(paid: Story) -> None:
    story = paid.given(told(OVER), s.send_back(), told(figures(*WITHIN)), s.accept(2))
    assert story.partnership.reporting.by_line(ReportState.ACCEPTED) is story.partnership.reporting.filed[1]


ABROAD = {"currency": "KES", "rate": "129.47", "arrived_on": "2027-01-20"}


def local(*sums: str, **more: Any) -> dict[str, Any]:
    """Figures in shillings, each line at the rate at which the money arrived, and the difference beside them."""
    lines = [{**one, "local": text} for one, text in zip(spent("599.99", "300.00", "99.99"), sums, strict=True)]
    abroad = {**ABROAD, "difference": "0.02", "reason": "The bank rounds", **more}
    return {"currency": "USD", "spent": "1000.00", "period": 2, "lines": lines, "abroad": abroad}


def test_what_was_spent_abroad_is_at_the_rate_at_which_the_money_arrived(paid: Story) -> None:
    """Given shillings at one rate, then each line is rounded once, and the difference is a line of its own."""
    assert paid.given(told(local("77681.00", "38841.00", "12946.00"))).when(s.accept()).refusal is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (local("77781.00", "38841.00", "12946.00"), "77,781.00 KES at 129.47 are 600.76; correct one of them"),
        (local("77681.00", "38841.00", "12946.00", currency="USD"), "the grant is in USD itself"),
        (local("77681.00", "38841.00", "12946.00", reason=None), "say what made the exchange difference"),
        (local("77681.005", "38841.00", "12946.00"), "77681.005 has more decimals than KES has, 2"),
        ({**figures(*WITHIN), "abroad": ABROAD}, "line 1 says nothing in KES"),
    ],
)
def test_sums_in_two_currencies_agree_or_are_refused(paid: Story, said: dict[str, Any], fault: str) -> None:
    assert fault in refused(paid.when(told(said)))


def test_an_exchange_difference_beyond_the_free_share_is_measured_like_a_category(paid: Story) -> None:
    """Given a difference of more than a tenth of the grant, then the report is received and not accepted."""
    lines = [{**one, "local": "0", "spent": "0.00", "reason": "Nothing was bought"} for one in spent(*WITHIN)]
    lost = {
        "currency": "USD", "spent": "100.01", "unspent": "899.99", "period": 2, "lines": lines,
        "abroad": {**ABROAD, "difference": "100.01", "reason": "The shilling fell"},
    }  # fmt: skip
    story = paid.given(told(lost))
    assert "Exchange difference spent USD 100.01" in refused(story.when(s.accept()))
    named = ({"category": "Exchange difference", "amount": "0.01"},)
    assert story.when(s.accept(disallowed=named)).refusal is None


def test_a_budget_that_is_not_agreed_yet_measures_nothing() -> None:
    """Given a grant without a budget, when one is added, then reports are by line once it is approved."""
    story = s.paid().given(s.amend(**budgeted()))
    assert "no budget is agreed here" in refused(story.when(told(figures(*WITHIN))))
    agreed = story.given(s.approve("ana.silva"), s.approve("femi.ade"))
    assert agreed.when(told(figures(*WITHIN))).refusal is None


def test_the_changes_of_a_budget_are_named() -> None:
    story = s.paid(**budgeted(milestones=[milestone()])).when(s.amend(**budgeted(plan=MORE_TRAVEL)))
    assert story.said[0].changes == (Change.REPORT, Change.BUDGET)  # type: ignore[union-attr]


def test_each_tranche_may_wait_for_a_report_by_line() -> None:
    plan = budget(line(1, "Training", "500.00", "500.00"))
    content = budgeted("600.00", "400.00", plan=plan)
    story = s.paid(**content, reports=[{"number": 1, "kind": "FINANCIAL", "due_on": "2027-07-31", "holds": [2]}])
    said = {"currency": "USD", "spent": "500.00", "unspent": "100.00", "period": 1, "lines": spent("500.00")}
    assert story.when(s.release(2)).refusal is not None
    accepted = story.given(told(said, planned=1), s.accept())
    assert accepted.when(s.release(2)).refusal is None
