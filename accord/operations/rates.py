"""Measure the age of the reference rates by which something is decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from accord.client.sending import Sending
from domain.directory.base import MOST_DAYS, BaseRule
from domain.money.rates import EURO
from domain.payment.banking_days import is_banking_day
from ledger import clock
from registers.rates import rates_on

LATE: Final = 2
"""Days of publication that may be missing before operators are told: those of one day come in the night after it."""


class RatesStanding(NamedTuple):
    """The reference rates on record, as against those that were published."""

    newest: date | None
    """Their day, or None if there are none of the last five weeks."""
    missed: int
    """The days before today on which the European Central Bank published others."""
    rule: BaseRule

    @property
    def late_days(self) -> int:
        """The days that are missing, once that is more than a night's delay or the rates are too old to decide on."""
        is_late = self.missed >= LATE or (self.missed > 0 and not self.is_usable)
        return self.missed if is_late else 0

    @property
    def is_usable(self) -> bool:
        """True if decisions of today may count by them."""
        return self.newest is not None and self.rule.allows(self.newest, clock.today())

    def __str__(self) -> str:
        """Return the words that operators read."""
        have = f"are of {self.newest}" if self.newest is not None else "are older than five weeks"
        last = self.newest + timedelta(days=self.rule.days) if self.newest is not None and self.is_usable else None
        until = f"decisions count by them until {last}" if last is not None else "no decision counts by them"
        return f"the newest reference rates {have}, {self.missed} days of publication are missing, and {until}"


def published_since(newest: date, on: date) -> int:
    """Return the number of days between two on which the European Central Bank published rates: T2 was open."""
    days = (newest + timedelta(days=day) for day in range(1, (on - newest).days))
    return sum(is_banking_day(day, (EURO,)) for day in days)


async def rates_standing(desk: Sending) -> RatesStanding | None:
    """Return the standing of the reference rates, or None where nothing of the organisation rests on them.

    Its tiers do with a base currency, and so does a tolerance for what the bank books.
    """
    rules = (await desk.directory()).rules
    if rules is None or (rules.base is None and rules.tolerance is None):
        return None
    today = clock.today()
    async with desk.pool.acquire() as connection:
        evidence = await rates_on(connection, today, MOST_DAYS)
    newest = evidence.rates.day if evidence is not None else None
    missed = published_since(newest or today - timedelta(days=MOST_DAYS), today)
    return RatesStanding(newest, missed, rules.base or BaseRule(EURO))
