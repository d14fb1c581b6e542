"""The yearly report of blocked property is owed by a day, by year, until each is filed (31 CFR 501.603(b)(2))."""

from __future__ import annotations

from datetime import UTC, date, datetime

from domain.errors import IllegalTransition
from domain.partnership.waiting.blocked_years import year_to_report
from domain.partnership.waiting.obligations import is_at_rest, obligations
from domain.partnership.waiting.owing import ObligationKind as K
from domain.policy.conditions import ConditionId
from tests.builders import number
from tests.domain.partnership.diligence.test_listed import BLOCKED, gift_of_a_listed_donor
from tests.domain.partnership.specification import confirm_refund, refund, satisfy, terminate


def test_blocked_property_is_reported_each_year_by_the_30th_of_september() -> None:
    """Given a blocked gift whose match was reported, then each year's report is owed, and is filed after its 30 June.

    Source: 31 CFR 501.603(b)(2).
    """
    story = gift_of_a_listed_donor().given(refund("5000.00", direction=BLOCKED), confirm_refund())
    yearly = [one for one in obligations(story.partnership) if one.kind is K.BLOCKED_REPORT]
    assert yearly == [], "the report on the match comes first"
    story = story.given(satisfy(ConditionId.SANCTIONS_REPORT), terminate())
    [owed_report] = [one for one in obligations(story.partnership) if one.kind is K.BLOCKED_REPORT]
    assert (owed_report.since, owed_report.due) == (date(2027, 6, 30), date(2027, 9, 30))
    assert "5,000.00" in owed_report.what
    assert not is_at_rest(story.partnership)
    story.when(satisfy(ConditionId.SANCTIONS_REPORT)).refused(IllegalTransition, "SANCTIONS_REPORT")
    filed = satisfy(ConditionId.SANCTIONS_REPORT).model_copy(update={"at": datetime(2029, 1, 2, tzinfo=UTC)})
    for year in (2028, 2029):
        story = story.given(filed.model_copy(update={"command_id": number(f"report {year}")}))
        [owed_report] = [one for one in obligations(story.partnership) if one.kind is K.BLOCKED_REPORT]
        assert owed_report.due == date(year, 9, 30), "no year is passed over"
    assert story.when(filed.model_copy(update={"command_id": number("early")})).refusal is not None


def test_what_an_earlier_edition_looked_at_goes_on_as_it_was_recorded() -> None:
    story = gift_of_a_listed_donor().given(satisfy(ConditionId.SANCTIONS_REPORT))
    known = story.partnership
    assert known.assessment is not None
    earlier = known.model_copy(
        update={"assessment": known.assessment.model_copy(update={"rule_book": "2026.5"}), "first_looks": ()}
    )
    assert [year_to_report(one) for one in (known, earlier)] == [date(2027, 6, 30), None]
