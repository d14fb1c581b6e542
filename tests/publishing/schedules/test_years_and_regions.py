"""Fiscal years, and the regions of Schedule F."""

from __future__ import annotations

from datetime import date

import pytest

from publishing.schedules.regions import _COUNTRIES, REGIONS, UNITED_STATES, is_domestic
from publishing.schedules.years import last_year_over


@pytest.mark.parametrize(
    ("year_ends", "on", "first", "last"),
    [
        pytest.param("12-31", "2026-12-31", "2026-01-01", "2026-12-31", id="on its last day it is over"),
        pytest.param("12-31", "2026-12-30", "2025-01-01", "2025-12-31", id="a day before, the one before is"),
        pytest.param("06-30", "2026-12-31", "2025-07-01", "2026-06-30", id="a year of its own"),
        pytest.param("02-29", "2027-03-01", "2026-03-01", "2027-02-28", id="the end of February"),
        pytest.param("02-29", "2028-12-31", "2027-03-01", "2028-02-29", id="the end of February in a leap year"),
        pytest.param("02-28", "2028-12-31", "2027-03-01", "2028-02-28", id="a year that says the 28th"),
    ],
)
def test_the_year_is_the_newest_that_is_over(year_ends: str, on: str, first: str, last: str) -> None:
    year = last_year_over(year_ends, date.fromisoformat(on))
    assert year == (date.fromisoformat(first), date.fromisoformat(last))
    assert year.holds(year.first)
    assert year.holds(year.last)


def test_a_country_has_one_region_and_the_united_states_have_none() -> None:
    named = [country for countries in _COUNTRIES.values() for country in countries.split()]
    assert len(named) == len(REGIONS)
    assert UNITED_STATES.isdisjoint(REGIONS)
    assert is_domestic("GU")
    assert not is_domestic("CA")
