"""Look up the reference rates of a day: the newest that were published by then and are not too old, as evidence."""

from __future__ import annotations

from datetime import date, timedelta

from domain.directory.base import BaseRule
from domain.screening.conversion import Conversion, ReferenceRates
from registers import Connection
from registers.history import NOW, RegisterAsOf, rows_of_keys, source_of, versions_in_force
from registers.sources.european_central_bank import REFERENCE_RATES, key_of_day


async def rates_on(connection: Connection, on: date, days: int, as_of: RegisterAsOf = NOW) -> ReferenceRates | None:
    """Return the newest rates that were published for a day or before it, or None if they would be too old.

    Args:
        connection: A connection that may read the register tables.
        on: The day on which something is decided.
        days: How many days before it the rates may be of. The ECB publishes none on weekends and TARGET holidays.
        as_of: The version that is asked; the one in force without it.
    """
    versions = await versions_in_force(connection, (REFERENCE_RATES.name,), as_of)
    keys = [key_of_day(on - timedelta(days=age)) for age in range(days + 1)]
    newest = max(await rows_of_keys(connection, versions, keys), key=lambda row: str(row["key"]), default=None)
    return ReferenceRates(source=source_of(newest)) if newest is not None else None


async def conversion_on(connection: Connection, base: BaseRule, on: date) -> Conversion:
    """Return an organisation's base currency with the rates of a day, or without any if all are too old."""
    return Conversion(base=base.currency, rates=await rates_on(connection, on, base.days))


async def are_published(connection: Connection, rates: ReferenceRates) -> bool:
    """True if the version that recorded rates name lists exactly their row. Whoever records them may be mistaken."""
    version = rates.source.register_version
    query = "SELECT register = $2 AND sha256 = $3 FROM registers.versions WHERE version = $1 AND state <> 'REFUSED'"
    if not await connection.fetchval(query, version.version, REFERENCE_RATES.name, version.sha256):
        return False
    rows = await rows_of_keys(connection, (version,), [key_of_day(rates.rates.day)])
    return any(row["row"] == rates.source.row for row in rows)
