"""The one clock of a simulation: the product reads it, the database reads it, timers wait on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

BEGINNING: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""
LATE: Final = timedelta(days=400)
"""So long the grantee's forms of a script stay open."""

_TAKE_OVER: Final = """
CREATE SCHEMA simulation;
CREATE TABLE simulation.clock (at timestamptz NOT NULL);
INSERT INTO simulation.clock VALUES ($at$%s$at$);
GRANT USAGE ON SCHEMA simulation TO PUBLIC;
GRANT SELECT ON simulation.clock TO PUBLIC;
CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM simulation.clock';
CREATE TABLE simulation.restored (times integer NOT NULL);
INSERT INTO simulation.restored VALUES (0);
GRANT SELECT ON simulation.restored TO PUBLIC;
CREATE OR REPLACE FUNCTION ledger.installation() RETURNS text LANGUAGE sql STABLE
    AS $at$SELECT format('simulation/%%s', times) FROM simulation.restored$at$;
"""


class VirtualClock:
    """Stands still until it is moved, and never goes back."""

    def __init__(self, at: datetime = BEGINNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> datetime:
        """Go on by so long, and return the time it is then."""
        return self.move_to(self.at + by)

    def move_to(self, at: datetime) -> datetime:
        """Go on to a time. A past one is passed already."""
        self.at = max(self.at, at)
        return self.at


async def take_over(connection: asyncpg.Connection, clock: VirtualClock) -> None:
    """Let a database ask this clock, as its owner may and nobody else."""
    await connection.execute(_TAKE_OVER % clock.at.isoformat())


async def tell(pool: asyncpg.Pool, clock: VirtualClock) -> None:
    """Let the database know what time it is."""
    await pool.execute("UPDATE simulation.clock SET at = $1", clock.at)
