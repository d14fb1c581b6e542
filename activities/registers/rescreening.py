"""Find the open partnerships that a change of the registers affects, and signal them. The others are left alone.

A partnership that is signalled twice rechecks twice; one that was missed is signalled by the next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import asyncpg
from pydantic import ValidationError
from temporalio import activity

from activities.contracts import AffectedPartnerships
from activities.registers.touching import Cases, ScreeningBasis, touched_of
from activities.signalling import alive, signal_partnership
from domain.directory.tiers import list_rule_of
from domain.screening.sources import RegisterVersion
from domain.streams import StreamId
from domain.values import Value
from ledger import clock
from records.authorship import Reader
from records.opening import open_ledger
from records.read_models.inquiries import Inquiry
from records.read_models.open_partnerships import SHORT, OpenPage, ReadPlace, beginning, oldest_lists, open_pages
from records.truths import read_truths
from registers import Connection
from registers.history import versions_in_force
from registers.lookup import ABOUT_STATUS
from registers.screening.changes import ListNews, news_since
from registers.sources.catalogue import LISTS

_AT_ONCE: Final = 10
"""Partnerships that look again at one time. All at once they would stand before every person in the worker's queue."""

_PAUSE: Final = 0.1
_PATIENCE: Final = 5.0
"""Seconds between two looks at who has looked again, and without news of anybody before the next are signalled."""


class FoundSoFar(Value):
    """The place that an attempt reached, from which the next one goes on: its newest heartbeat."""

    basis: str
    place: ReadPlace
    looked_at: int = 0
    partnership_ids: tuple[str, ...] = ()

    def with_page(self, page: OpenPage[Inquiry], touched_ids: set[str]) -> FoundSoFar:
        """Return what is found after one more page."""
        ids = {*self.partnership_ids} - page.anew | touched_ids
        looked_at = self.looked_at + len(page.cases) - page.told_before
        return FoundSoFar(basis=self.basis, place=page.place, looked_at=looked_at, partnership_ids=tuple(sorted(ids)))


class Rescreening:
    """Activities of the re-screening workflow."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool)
        self._reader = Reader(self._ledger)

    @activity.defn
    async def find_touched(self) -> AffectedPartnerships:
        """Return the open partnerships that the register versions in force may affect.

        They are read page by page. An attempt goes on where the one before it was, unless something else is asked.
        """
        rules = (await self._reader.registrar.directory()).rules
        rule = list_rule_of(rules)
        async with self._pool.acquire() as connection:
            in_force = await versions_in_force(connection, (*ABOUT_STATUS, *rule.lists))
        watched = rules.watched if rules is not None else ()
        basis = ScreeningBasis(in_force, await read_truths(self._reader), clock.today(), rule, watched)
        changes, progress = _Changes(in_force), _reached(basis.digest)
        progress = progress or FoundSoFar(basis=basis.digest, place=await beginning(self._ledger))
        async with alive(lambda: progress):
            if oldest := await oldest_lists(self._ledger):
                changes.since(oldest)
            async for page in open_pages(self._ledger, progress.place, SHORT):
                progress = progress.with_page(page, await self._touched(page.cases, basis, changes))
                activity.heartbeat(progress)
        return AffectedPartnerships(
            versions=in_force, looked_at=progress.looked_at, partnership_ids=progress.partnership_ids
        )

    async def _touched(self, cases: Cases, basis: ScreeningBasis, changes: _Changes) -> set[str]:
        if not cases:
            return set()
        async with self._pool.acquire() as connection:
            return await touched_of(connection, cases, basis, await changes.news(connection, cases))

    @activity.defn
    async def tell(self, affected_partnerships: AffectedPartnerships) -> int:
        """Signal partnerships to recheck, a few at a time, each time once those before have looked again.

        An attempt goes on where the one before it was. Returns the number that it signalled itself; those whose
        workflow has ended are skipped.
        """
        signal_count, ids = 0, affected_partnerships.partnership_ids
        # An attempt that was cut off left its place here. Before, one that took too long began from the first, and
        # never came to the last (ADR 0084).
        last_heartbeat = activity.info().heartbeat_details
        for place in range(last_heartbeat[0] if last_heartbeat else 0, len(ids), _AT_ONCE):
            activity.heartbeat(place)
            signal_count += await self._tell_some(ids[place : place + _AT_ONCE], place)
        return signal_count

    async def _tell_some(self, partnership_ids: Sequence[str], place: int) -> int:
        """Signal some partnerships, and wait until they have looked again, or nothing is heard of those who have not.

        Somebody's workflow may be paused or stopped, so that it does not look before people have done something.
        """
        # Before they are signalled, so that nobody's look is missed.
        before = await self._versions(StreamId.partnership(partnership_id) for partnership_id in partnership_ids)
        ids = [
            StreamId.partnership(partnership_id)
            for partnership_id in partnership_ids
            if await signal_partnership(activity.client(), partnership_id, "registers_changed")
        ]
        waiting, quiet = set(ids), 0.0
        while waiting and quiet < _PATIENCE:
            await asyncio.sleep(_PAUSE)
            activity.heartbeat(place)
            fresh_streams = {
                stream for stream, version in (await self._versions(waiting)).items() if version > before[stream]
            }
            waiting, quiet = waiting - fresh_streams, 0.0 if fresh_streams else quiet + _PAUSE
        return len(ids)

    async def _versions(self, streams: Iterable[str]) -> dict[str, int]:
        async with self._ledger.connection() as connection:
            return await self._ledger.versions(list(streams), connection)


class _Changes:
    """The changes of the lists since the oldest versions that a partnership was screened against."""

    def __init__(self, in_force: tuple[RegisterVersion, ...]) -> None:
        self._in_force = in_force
        self._lists = [version.register_name for version in in_force if version.register_name in LISTS]
        self._oldest: dict[str, int] | None = None
        self._news: ListNews | None = None

    def since(self, versions: Mapping[str, int]) -> None:
        """Look back as far as these versions, by the lists' names. One that is not among them was never asked."""
        before = versions if self._oldest is None else self._oldest
        oldest = {name: min(versions.get(name, 0), before.get(name, 0)) for name in self._lists}
        if oldest != self._oldest:
            self._oldest, self._news = oldest, None

    async def news(self, connection: Connection, cases: Cases) -> ListNews:
        """Return the changes since the oldest versions of these cases and of all that were told before."""
        for case in cases.values():
            self.since(case.lists)
        if self._news is None:
            self._news = await news_since(connection, self._in_force, self._oldest or {})
        return self._news


def _reached(basis: str) -> FoundSoFar | None:
    """Return the place that the attempt before this one reached, if the same was asked, or None."""
    for details in activity.info().heartbeat_details:
        try:
            progress = FoundSoFar.model_validate(details)
        except ValidationError:
            return None
        return progress if progress.basis == basis else None
    return None
