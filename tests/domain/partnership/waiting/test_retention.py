"""Each record's retention: the longest rule that applies, by hand from the law's own words (rules 2.12, R48)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from domain.partnership.state import Partnership
from domain.partnership.waiting.retention import RecordKind, Retention, names_kept, retention
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from tests.builders import funds_in, funds_out
from tests.domain.partnership.specification import (
    Story,
    accept,
    active,
    after,
    came_to,
    declare,
    ended,
    given,
    in_agreement,
    in_approval,
    receipt,
    release,
    report,
    satisfy,
    terminate,
    withdraw,
)

TODAY = date(2026, 11, 2)
"""On which all of these lives happen."""


def kept(story: Story) -> dict[RecordKind, Retention]:
    return {one.record: one for one in retention(story.partnership)}


def closed() -> Story:
    """A grant that was paid in one tranche and closed the same day, without a report."""
    story = active(funds_out=funds_out("1000.00", final_report=False))
    return story.given(release(), *came_to(TrancheOutcome.SETTLED))


def with_year_end(story: Story, ends: str) -> Partnership:
    known = story.partnership
    assert known.funding is not None
    funders = tuple(one.model_copy(update={"year_ends": ends}) for one in known.funding.funders)
    return known.model_copy(update={"funding": known.funding.model_copy(update={"funders": funders})})


@pytest.mark.parametrize("story", [in_approval, active], ids=["approval", "active"])
def test_while_it_is_open_everything_stays(story: Callable[[], Story]) -> None:
    assert {(one.until, one.why) for one in retention(story().partnership)} == {(None, "it is open")}
    assert not any(one.may_go(date.max) for one in retention(story().partnership))


def test_while_something_is_owed_after_the_end_everything_stays() -> None:
    story = active(funds_out=funds_out("600.00", "400.00")).given(release(), *came_to(TrancheOutcome.SETTLED))
    ended = story.given(terminate())
    assert {one.why for one in retention(ended.partnership)} == {"something is still owed in it"}


def test_a_grant_that_was_paid_is_kept_ten_years_after_its_last_transaction() -> None:
    """31 CFR 501.601. The return of 2026 is filed by 15 November 2027, and 15 November 2030 is earlier."""
    found = kept(closed())
    assert {one.until for one in found.values()} == {date(2036, 11, 2)}
    assert all("31 CFR 501.601" in one.why for one in found.values())
    assert found[RecordKind.PAYMENTS].may_go(date(2036, 11, 2))
    assert not found[RecordKind.PAYMENTS].may_go(date(2036, 11, 1))


def test_what_was_never_agreed_is_asked_for_by_nobody_after_its_end() -> None:
    story = in_approval().given(withdraw())
    assert {one.until for one in retention(story.partnership)} == {TODAY}
    assert names_kept(story.partnership, TODAY) is None
    assert names_kept(closed().partnership, TODAY) is not None


def test_what_met_a_listed_party_is_kept_ten_years_though_nothing_was_agreed() -> None:
    declined = (
        in_approval().given(withdraw()).partnership.model_copy(update={"matched": True, "met": tuple(ConditionId)})
    )
    assert {one.until for one in retention(declined) if not one.for_good} == {date(2036, 11, 2)}


def test_under_expenditure_responsibility_the_file_is_kept_until_the_last_return_is_out_of_reach() -> None:
    """The fiscal year ends on 30 June 2027. The return is filed by 15 May 2028 at the latest, and 3 years are added."""
    known = with_year_end(closed(), "06-30")
    needed = known.responsibility.model_copy(
        update={
            "required": (ConditionId.PRE_GRANT_INQUIRY,),
            "met": (ConditionId.PRE_GRANT_INQUIRY,),
            "discharged": True,
        }
    )
    [found] = [
        one
        for one in retention(known.model_copy(update={"responsibility": needed}))
        if one.record is RecordKind.RESPONSIBILITY
    ]
    assert (found.until, found.why) == (date(2031, 5, 15), "3 years after the return of its year (IRC 6501(a))")


@pytest.mark.parametrize(
    ("ends", "until"),
    [
        ("12-31", date(2030, 11, 15)),
        ("06-30", date(2031, 5, 15)),
        ("11-01", date(2031, 10, 15)),
        ("02-29", date(2031, 1, 15)),
    ],
)
def test_a_fiscal_year_decides_when_its_return_is_out_of_reach(ends: str, until: date) -> None:
    """Of 2 November 2026: for a year that ends on 1 November it is the next one. February has 28 days in 2027."""
    known = with_year_end(closed(), ends)
    inquiry = (ConditionId.PRE_GRANT_INQUIRY,)
    needed = known.responsibility.model_copy(update={"required": inquiry, "met": inquiry, "discharged": True})
    found = retention(known.model_copy(update={"responsibility": needed}))
    assert {one.until for one in found if one.record is RecordKind.RESPONSIBILITY} == {until}


def test_minutes_and_papers_that_prove_a_status_are_kept_for_good() -> None:
    story = in_approval().given(declare("ana.silva"))
    filed = story.given(satisfy(ConditionId.CONFLICT_MINUTES)) if story.partnership.assessment else story
    found = kept(filed)
    assert RecordKind.MINUTES in found or ConditionId.CONFLICT_MINUTES not in filed.partnership.met
    minutes = filed.partnership.model_copy(update={"met": (ConditionId.CONFLICT_MINUTES,)})
    [one] = [one for one in retention(minutes) if one.record is RecordKind.MINUTES]
    assert (one.for_good, one.until, one.may_go(date.max)) == (True, None, False)


def test_what_nobody_proposed_has_no_records() -> None:
    assert retention(given().partnership) == ()


def test_a_report_after_the_end_moves_the_day() -> None:
    story = active(funds_out=funds_out("1000.00")).given(release(), *came_to(TrancheOutcome.SETTLED))
    later = story.given(report("vera.lind"), accept(1, "ana.silva"))
    days = {one.until for one in retention(later.partnership) if not one.for_good}
    assert later.partnership.ended
    assert days == {date(2036, 11, 2)}
    assert Outcome.FAIL not in {one.outcome for one in later.partnership.assessment.findings}  # type: ignore[union-attr]


def test_what_came_back_after_the_end_moves_the_day_too() -> None:
    """31 CFR 501.601: ten years from the last transaction, such as a return by the bank or a refund."""
    later = closed().given(after(400, ended(TrancheOutcome.RETURNED)))
    assert {one.until for one in retention(later.partnership)} <= {None, date(2037, 12, 7)}
    assert later.partnership.moved_last == date(2027, 12, 7)


def test_a_gift_that_came_in_before_the_agreement_is_a_transaction() -> None:
    story = in_agreement(funds_out=funds_out(), funds_in=funds_in()).given(receipt("2500.00"), withdraw())
    assert date(2036, 11, 2) in {one.until for one in retention(story.partnership)}
