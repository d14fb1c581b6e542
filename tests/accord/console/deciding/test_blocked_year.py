"""The yearly report of blocked property by form: offered in its own words, by year, once its 30 June is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from accord.console.deciding.acts import BY_SLUG, closed
from domain.policy.conditions import ConditionId as C
from ledger import clock
from tests.accord.console.rendering import DIRECTORY, case_page, signing_page
from tests.builders import number
from tests.domain.partnership import specification as s
from tests.domain.partnership.diligence.test_listed import BLOCKED, gift_of_a_listed_donor

ACT = BY_SLUG["satisfy"]
MIDSUMMER, JULY = datetime(2027, 6, 30, 23, tzinfo=UTC), datetime(2027, 7, 1, 9, tzinfo=UTC)


def reported_match() -> s.Story:
    """A gift of a listed donor lies in a blocked account, its match is reported, and it ended: no paper is open."""
    story = gift_of_a_listed_donor().given(s.refund("5000.00", direction=BLOCKED), s.confirm_refund())
    return story.given(*map(s.satisfy, (C.SANCTIONS_REPORT, C.RESTRICTED_FUND, C.ACKNOWLEDGMENT)), s.terminate())


def year_filed(story: s.Story) -> s.Story:
    command = s.satisfy(C.SANCTIONS_REPORT).model_copy(update={"at": JULY, "command_id": number("a year's report")})
    return story.given(command)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with clock.reading(lambda: moment):
        yield


def reason(story: s.Story, reader: str, moment: datetime) -> str | None:
    """The reason for which the form is closed to a reader at a time, or None."""
    with at(moment):
        fault = closed(ACT, story.partnership, reader, DIRECTORY, moment.date())
    return str(fault) if fault is not None else None


@pytest.mark.parametrize("reader", ["femi.ade", "vera.lind"])
def test_the_form_opens_once_the_30th_of_june_is_over_and_says_so_before(reader: str) -> None:
    """Given blocked money whose match was reported, then its report of the year is filed from 1 July on."""
    story = reported_match()
    before = reason(story, reader, MIDSUMMER)
    assert before is not None
    assert "held on 30 Jun, and is filed once that day is over" in before
    assert reason(story, reader, JULY) is None


def test_it_is_for_those_who_put_papers_on_file() -> None:
    assert reason(reported_match(), "paul.nkosi", JULY) == (
        "This is for Vera Lind, Femi Ade or Noor Haddad. Your role does not include it."
    )


def test_the_form_offers_the_year_in_its_own_words_and_the_next_one_after_it() -> None:
    """Given a year's report that is filed, then the form offers the next year, and no report of the match again."""
    story = reported_match()
    for known, year in ((story, 2027), (year_filed(story), 2028)):
        with at(datetime(2029, 1, 2, tzinfo=UTC)):
            [condition, *_] = ACT.fields(known.partnership)
        [(value, words)] = condition.choices
        assert value == C.SANCTIONS_REPORT
        assert "blocked property" in words
        assert f"30 Jun {year}" in words
        assert "match" not in words


def test_the_page_that_signs_names_the_year_and_not_the_match() -> None:
    page = signing_page(s.satisfy(C.SANCTIONS_REPORT), reported_match())
    assert "the report of the blocked property that was held on 30 Jun 2027" in page
    first = signing_page(s.satisfy(C.SANCTIONS_REPORT), gift_of_a_listed_donor())
    assert "blocked property" not in first
    assert all("Report to the sanctions office" in signed for signed in (page, first))


def test_the_case_shows_by_when_and_what_is_reported_and_next_year_after_it() -> None:
    """Given the case of blocked money, then it shows the day and the sum, and a year on once the report is filed."""
    with at(JULY):
        owed, filed = (case_page(story, "femi.ade") for story in (reported_match(), year_filed(reported_match())))
    assert all(words in owed for words in ("30 Sep", "5,000.00", "blocked property"))
    assert "30 Sep 2028" in filed
    assert "30 Sep 2028" not in owed
