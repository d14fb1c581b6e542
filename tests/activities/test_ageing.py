"""Old evidence is made anew in time, and once too old it is put before a person. Nobody is told twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import pytest

from activities.registers.touching import ageing, lacking_a_list, seen_under_an_earlier_edition
from domain.directory.lists import ListRule
from domain.grants import Subrecipient
from domain.policy.rulebook import RULE_BOOK
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.sources import RegisterVersion
from records.read_models.facts import OpenPartnership
from records.read_models.inquiries import inquiry_of
from tests.builders import abroad, principal, proposal, version

LISTED, CASE, RULE = date(2026, 11, 1), "P-2026-0042", ListRule()
"""The sample's rule allows seven days."""


def day(after: int) -> date:
    return LISTED + timedelta(days=after)


def sdn(number: int = 1, confirmed: int = 0, of: int = 0) -> RegisterVersion:
    """A version of the list, of a day and last confirmed on another, in days after the first."""
    found = version("ofac-sdn", day(of)).model_copy(update={"version": number})
    return found.model_copy(update={"confirmed_on": day(confirmed) if confirmed > of else None})


def asked(after: int, of: RegisterVersion | None = None) -> OpenPartnership:
    """A partnership that was screened so many days after the day of the list."""
    screened = ScreeningEvidence(parties=(), asked=(of or sdn(),), asked_at=datetime.combine(day(after), time(12), UTC))
    return OpenPartnership(proposal=proposal(), verification=Verification(screening=screened))


def told(case: OpenPartnership, days: int, *in_force: RegisterVersion, rule: ListRule = RULE) -> bool:
    return ageing({CASE: inquiry_of(case)}, in_force, day(days), rule) == {CASE}


@pytest.mark.parametrize(
    ("asked_after", "days", "newer", "expected"),
    [
        pytest.param(1, 6, True, False, id="not yet a day before its time"),
        pytest.param(1, 7, True, True, id="a day before its time, and something newer can be asked"),
        pytest.param(1, 7, False, False, id="nothing newer can be asked, and it is not too old"),
        pytest.param(1, 8, False, True, id="too old, so that a person decides before time does"),
        pytest.param(8, 9, False, False, id="it was too old when it was asked, and a person knows"),
        pytest.param(8, 9, True, True, id="it was too old when it was asked, and now something newer can be"),
    ],
)
def test_who_is_told_that_evidence_grows_old(asked_after: int, days: int, newer: bool, expected: bool) -> None:
    assert told(asked(asked_after), days, sdn(2, of=days) if newer else sdn()) is expected


@pytest.mark.parametrize(
    ("asked_after", "days", "confirmed", "expected"),
    [
        pytest.param(1, 60, 60, False, id="unchanged, and confirmed to this day"),
        pytest.param(1, 67, 60, False, id="unchanged, and last confirmed a week ago"),
        pytest.param(1, 68, 60, True, id="unchanged, and nobody confirmed it for longer"),
        pytest.param(68, 69, 60, False, id="it was too old when it was asked, and a person knows"),
    ],
)
def test_an_unchanged_list_extends_evidence_as_long_as_it_is_confirmed(
    asked_after: int, days: int, confirmed: int, expected: bool
) -> None:
    evidence = sdn(confirmed=min(asked_after, confirmed))
    assert told(asked(asked_after, evidence), days, sdn(confirmed=confirmed)) is expected


def test_what_was_too_old_when_it_was_asked_is_asked_again_once_the_same_list_is_confirmed() -> None:
    """A person was asked about its age, and the question falls only with another look."""
    assert told(asked(30), 31, sdn(confirmed=31))
    assert not told(asked(30), 31, sdn(confirmed=20))


@pytest.mark.parametrize(("days", "expected"), [(19, False), (20, True)])
def test_the_limit_is_the_organisations_own(days: int, expected: bool) -> None:
    assert told(asked(1), days, sdn(2, of=days), rule=ListRule(days=20)) is expected


def test_a_list_that_does_not_bind_makes_no_evidence_old() -> None:
    assert not told(asked(1), 60, sdn(), rule=ListRule(("eu-consolidated",)))


class Growth(NamedTuple):
    """The looks of a partnership in thirty days: each is an event of its history."""

    unchanged: int
    changed_daily: int


def looks_in_thirty_days(changes_daily: bool) -> int:
    """The number of looks of a partnership on which nothing else bears, with a list that is confirmed each day."""
    looks, evidence, asked_on = 0, sdn(), 1
    for today in range(2, 32):
        in_force = sdn(today, of=today) if changes_daily else sdn(confirmed=today)
        if told(asked(asked_on, evidence), today, in_force):
            looks, evidence, asked_on = looks + 1, in_force, today
    return looks


def test_a_history_does_not_grow_by_an_unchanged_list() -> None:
    """Given thirty days, when the list stays the same, then no event comes of it; when it changes each day, few do."""
    growth = Growth(looks_in_thirty_days(changes_daily=False), looks_in_thirty_days(changes_daily=True))
    assert growth == Growth(unchanged=0, changed_daily=4)


def test_whoever_was_not_screened_against_a_list_that_binds_by_now_is_looked_at_again() -> None:
    cases, rule = {CASE: inquiry_of(asked(1))}, ListRule(("ofac-sdn", "eu-consolidated"))
    union = version("eu-consolidated", LISTED)
    assert lacking_a_list(cases, (sdn(), union), rule) == {CASE}
    assert lacking_a_list(cases, (sdn(),), rule) == set(), "it is not loaded: a look would find nothing more"
    assert lacking_a_list(cases, (sdn(), union), ListRule(("ofac-sdn",))) == set()


def test_who_governs_or_owns_a_reported_sub_recipient_is_screened_anew_like_who_was_proposed() -> None:
    """A listing of one of them would otherwise touch no partnership before its next payment (R7, R38)."""
    reported = Subrecipient(party=abroad(principals=[principal("Rosa Quiroga")]), purpose="A reading room")
    case = OpenPartnership(proposal=proposal(), subrecipients=(reported,))
    assert set(case.parties) == set(proposal().regranted((reported,)).parties)


def test_whatever_was_not_seen_under_the_edition_in_force_is_looked_at_once() -> None:
    """A partnership not seen under the edition in force gets its questions, and their day, on record (rules 4.16)."""
    editions = {"P-2026-0001": "2026.3", "P-2026-0002": RULE_BOOK.version, "P-2026-0003": ""}
    known = {one: inquiry_of(asked(1).model_copy(update={"under": under})) for one, under in editions.items()}
    assert seen_under_an_earlier_edition(known) == {"P-2026-0001"}
