"""The checkpoint of a generation of a projection: how far it is folded, whether readers see it, and why it stopped."""

from __future__ import annotations

from typing import NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent
from ledger.projections.model import Projection, ProjectionStopped


class PositionReached(NamedTuple):
    """The position that a generation reached, and whether readers see it."""

    position: int
    live: bool


class GenerationCheckpoint:
    """A generation's row in the table of checkpoints, which every step holds until its transaction ends."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self.key = (projection.name, projection.generation)

    async def lock(self, connection: PoolConnectionProxy, shared: bool = False) -> None:
        """Take the projection's lock until the transaction ends. Later queries see all that was committed meanwhile."""
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        query = f"SELECT {function}(hashtextextended('projection.' || $1, 0))"
        await connection.execute(query, self._projection.name)

    async def begin(self, connection: PoolConnectionProxy, is_shared: bool = False) -> PositionReached:
        """Lock the checkpoint, check that the ledger still holds its event, and return what it says.

        `is_shared`: nobody moves it on meanwhile, and others may hold it as well.
        """
        await self.lock(connection, is_shared)
        await connection.execute(
            "INSERT INTO projection.checkpoints (name, generation) VALUES ($1, $2) ON CONFLICT DO NOTHING", *self.key
        )
        [[position, leaf, live]] = await connection.fetch(
            "SELECT position, leaf, live FROM projection.checkpoints WHERE name = $1 AND generation = $2 "  # noqa: S608
            f"FOR {'SHARE' if is_shared else 'UPDATE'}",
            *self.key,
        )
        # A separate query: a join would see the events as they were before the wait for the row lock.
        ledger_leaf = await connection.fetchval("SELECT leaf FROM ledger.events WHERE position = $1", position)
        if leaf != ledger_leaf:
            raise ProjectionStopped(
                f"{self._projection.name} was folded from another ledger: its event {position} is "
                f"{'gone' if ledger_leaf is None else 'another one'}. Was the database restored or forked? If this "
                "one is right, `accord ledger rebuild` folds it anew"
            )
        return PositionReached(position, live)

    async def reach(self, connection: PoolConnectionProxy, last: StoredEvent) -> int:
        """Record that every event up to this one is folded, and return its position."""
        await connection.execute(
            "UPDATE projection.checkpoints SET position = $3, leaf = $4, fault = '' "
            "WHERE name = $1 AND generation = $2",
            *self.key, last.position, last.leaf,
        )  # fmt: skip
        return last.position

    async def note(self, connection: PoolConnectionProxy, fault: str) -> None:
        """Record the fault in the checkpoint, where readers find it. Create the checkpoint if there is none."""
        query = (
            "INSERT INTO projection.checkpoints (name, generation, fault) VALUES ($1, $2, $3) "
            "ON CONFLICT (name, generation) DO UPDATE SET fault = EXCLUDED.fault"
        )
        await connection.execute(query, *self.key, fault)

    async def clear(self, connection: PoolConnectionProxy) -> None:
        """Clear the fault recorded in the checkpoint, and that it is being rebuilt."""
        query = (
            "UPDATE projection.checkpoints SET fault = '', rebuilding = false "
            "WHERE name = $1 AND generation = $2 AND (fault <> '' OR rebuilding)"
        )
        await connection.execute(query, *self.key)

    async def show(self, connection: PoolConnectionProxy) -> None:
        """Make this generation live, if it is the newest, and delete the older ones with their documents."""
        live = await connection.fetchval(
            "SELECT generation FROM projection.checkpoints WHERE name = $1 AND live", self._projection.name
        )
        if live is not None and live >= self._projection.generation:
            return
        await connection.execute("UPDATE projection.checkpoints SET live = false WHERE name = $1 AND live", self.key[0])
        await connection.execute(
            "UPDATE projection.checkpoints SET live = true WHERE name = $1 AND generation = $2", *self.key
        )
        await self.drop(connection, "generation < $2")

    async def drop(self, connection: PoolConnectionProxy, condition: str) -> None:
        """Delete what the generations of a condition stored, and their checkpoints."""
        for table in ("documents", "quarantine", "forgotten", "checkpoints"):
            query = f"DELETE FROM projection.{table} WHERE name = $1 AND {condition}"  # noqa: S608
            await connection.execute(query, *self.key)
