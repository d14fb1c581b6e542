"""The base currency and the recorded reference rates by which the book's lists show planning figures."""

from __future__ import annotations

from datetime import date, datetime

from accord.client.sending import Sending
from domain.screening.conversion import Conversion
from ledger import clock
from registers.history import RegisterAsOf
from registers.rates import rates_on


async def conversion_of(desk: Sending, on: date, known_at: datetime | None = None) -> Conversion | None:
    """Return the base currency with the rates of a day, or None if the organisation has no base currency.

    `known_at`: by the version of the rates that was on record then. A day to come has the rates of today.
    """
    rules = (await desk.directory()).rules
    if rules is None or rules.base is None:
        return None
    day = min(on, clock.today())
    async with desk.pool.acquire() as connection:
        rates = await rates_on(connection, day, rules.base.days, RegisterAsOf(known_at=known_at))
    return Conversion(base=rules.base.currency, rates=rates)
