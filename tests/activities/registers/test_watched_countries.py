"""A change of the table of the FATF's lists touches whom it is about, and nobody else (rules 4.5, R29)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from accord.client.desk import Desk
from activities.registers.touching import watched_otherwise
from domain.directory.watched import WatchedCountry, WatchKind
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from ledger import clock
from records.read_models.facts import OpenPartnership
from records.read_models.inquiries import inquiry_of
from tests.activities.registers.test_others_of_a_name import Grants
from tests.builders import abroad, funds_out, principal, proposal, screening
from tests.governing import watch

MONITORED, CALL = WatchKind.INCREASED_MONITORING, WatchKind.CALL_FOR_ACTION
DAY = date(2026, 11, 2)
WHO = "P-2026-0042"


def row(country: str, kind: WatchKind = MONITORED, since: date = DAY, until: date | None = None) -> WatchedCountry:
    return WatchedCountry(country=country, kind=kind, since=since, until=until)


def touched(table: tuple[WatchedCountry, ...], *seen: WatchedCountry, of: Proposal, on: date = DAY) -> bool:
    """Whether a table touches a partnership whose newest look saw some rows of it."""
    case = OpenPartnership(proposal=of, verification=Verification(screening=screening(), watched=seen))
    return watched_otherwise({WHO: inquiry_of(case)}, table, on) == {WHO}


IN_KENYA = proposal(partner=abroad(country="KE"))
HERE = proposal()


@pytest.mark.parametrize(
    ("table", "seen", "of", "expected"),
    [
        pytest.param((row("KE"),), (), IN_KENYA, True, id="a country that came onto it"),
        pytest.param((row("KE"),), (row("KE"),), IN_KENYA, False, id="one that was seen"),
        pytest.param((), (row("KE"),), IN_KENYA, True, id="one that left it"),
        pytest.param((row("KE", CALL),), (row("KE"),), IN_KENYA, True, id="one that moved to the other list"),
        pytest.param((row("MM", CALL),), (), IN_KENYA, False, id="another country"),
        pytest.param((row("KE"),), (), HERE, False, id="nobody is there"),
    ],
)
def test_whom_a_table_touches(
    table: tuple[WatchedCountry, ...], seen: tuple[WatchedCountry, ...], of: Proposal, expected: bool
) -> None:
    assert touched(table, *seen, of=of) is expected


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(
            proposal(partner=abroad(country="UG", principals=[{**principal("Rosa Quiroga"), "country": "KE"}])),
            id="where somebody behind it lives",
        ),
        pytest.param(proposal(funds_out=funds_out(places=[{"country": "KE"}])), id="where the work is"),
    ],
)
def test_every_country_that_is_given_is_asked_about(of: Proposal) -> None:
    assert touched((row("KE"),), of=of)


def test_a_row_touches_on_its_day_and_on_its_last() -> None:
    until = DAY + timedelta(days=30)
    table, one_day = (row("KE", until=until),), timedelta(days=1)
    assert [touched(table, of=IN_KENYA, on=day) for day in (DAY - one_day, DAY)] == [False, True]
    assert [touched(table, *table, of=IN_KENYA, on=day) for day in (until - one_day, until)] == [False, True]


@pytest.fixture
def grants(furnished: Desk, tmp_path: Path) -> Grants:
    return Grants(furnished, tmp_path)


@pytest.mark.slow
async def test_two_people_change_the_table_and_whoever_is_there_looks_again_once(
    furnished: Desk, grants: Grants
) -> None:
    """Given a payee in Kenya and one here, when Kenya comes onto the table and leaves it, then the first is asked."""
    there, _ = await grants.to("Harbour Schools Trust", None, country="KE"), await grants.to()
    today = clock.today()
    assert await grants.touched() == set()
    for table in ((row("KE", since=today), row("MM", CALL, today)), (row("MM", CALL, today),)):
        await watch(furnished, *table)
        assert await grants.touched() == {there.reference}
        await grants.look(there)
        assert await grants.touched() == set()
    await watch(furnished)
    assert await grants.touched() == set(), "nobody is in Myanmar"
