"""Operators hear of reference rates that were not refreshed, before nothing can be decided by them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.operations.rates import RatesStanding, published_since, rates_standing
from domain.directory.base import BaseRule
from domain.directory.people import HouseRulesSet
from ledger import clock
from tests.accord.to_the_bank.test_base_currency import published
from tests.governing import decree
from tests.rates import in_dollars

THURSDAY = date(2027, 3, 25)
"""The day before Good Friday."""


@pytest.mark.parametrize(
    ("on", "missed"),
    [(date(2027, 3, 26), 0), (date(2027, 3, 30), 0), (date(2027, 3, 31), 1), (date(2027, 4, 5), 4)],
    ids=["the next day", "the Tuesday after Easter", "a day later", "after the next weekend"],
)
def test_only_days_of_publication_are_missed(on: date, missed: int) -> None:
    assert published_since(THURSDAY, on) == missed


@pytest.mark.parametrize(
    ("age", "missed", "days", "late"),
    [(3, 0, 7, 0), (3, 1, 7, 0), (4, 2, 7, 2), (3, 1, 2, 1), (3, 0, 2, 0)],
    ids=["a weekend", "a night's delay", "two days", "one, and too old by the rule", "a weekend, too old by the rule"],
)
def test_it_is_late_beyond_a_nights_delay_or_once_too_old(age: int, missed: int, days: int, late: int) -> None:
    newest = clock.today() - timedelta(days=age)
    assert RatesStanding(newest, missed, BaseRule("USD", days)).late_days == late


async def test_it_is_asked_where_something_rests_on_rates(furnished: Desk, tmp_path: Path) -> None:
    assert await rates_standing(furnished) is None
    await decree(furnished, HouseRulesSet(rules=in_dollars()))
    await published(furnished, tmp_path, "1.25")
    fresh = await rates_standing(furnished)
    assert fresh is not None
    assert (fresh.newest, fresh.late_days) == (clock.today(), 0)
    await furnished.pool.execute("UPDATE registers.versions SET state = 'SUPERSEDED' WHERE register = 'ecb-rates'")
    gone = await rates_standing(furnished)
    assert gone is not None
    assert gone.late_days > 20
    assert str(gone).endswith("days of publication are missing, and no decision counts by them")
