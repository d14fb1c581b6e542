"""Find the open partnerships that a change of the registers affects, and signal them. The others are left alone.

A partnership's evidence names the register versions that it was made from, so the changes since then can be found
without other stored state: a row under its EIN that was added or removed, a newly listed name that resembles one of its
parties, a matched entity that changed, or a version that will soon be too old to decide on.
A partnership that is signalled twice rechecks twice; one that was missed is signalled by the next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import asyncpg
from pydantic import ValidationError
from temporalio import activity

from activities.contracts import AffectedPartnerships
from activities.signalling import alive, signal_partnership
from domain.directory.lists import ListRule
from domain.directory.tiers import list_rule_of
from domain.policy.canonical import order_of
from domain.policy.rulebook import RULE_BOOK
from domain.screening.evidence import RegisterVersion
from domain.streams import StreamId
from domain.truths.touching import known_truths
from domain.truths.truth import Truth
from domain.values import Value
from ledger import clock
from records.authorship import Reader
from records.opening import open_ledger
from records.read_models.inquiries import Inquiry
from records.read_models.open_partnerships import SHORT, OpenPage, ReadPlace, beginning, oldest_lists, open_pages
from records.truths import ALIKE, read_truths
from registers import Connection
from registers.history import versions_in_force
from registers.lookup import ABOUT_STATUS
from registers.screening.changes import AskedKeys, ListNews, ScreenedName, changed_keys, newly_listed, news_since
from registers.sources.catalogue import LISTS

_AHEAD: Final = timedelta(days=1)
"""Evidence is renewed this long before it is too old, so that nobody has to wait for it when they decide."""

_AT_ONCE: Final = 10
"""Partnerships that look again at one time. All at once they would stand before every person in the worker's queue."""

_PAUSE: Final = 0.1
_PATIENCE: Final = 5.0
"""Seconds between two looks at who has looked again, and without news of anybody before the next are signalled."""

Cases = Mapping[str, Inquiry]


class ScreeningBasis(NamedTuple):
    """What is asked of each open partnership, the same of all of them."""

    in_force: tuple[RegisterVersion, ...]
    truths: tuple[Truth, ...]
    on: date
    rule: ListRule = ListRule()
    """The organisation's rule on sanctions lists."""

    @property
    def digest(self) -> str:
        """The digest of all that an answer rests on beside the partnership itself."""
        return sha256(repr((*self, RULE_BOOK.version)).encode()).hexdigest()


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
        rule = list_rule_of((await self._reader.registrar.directory()).rules)
        async with self._pool.acquire() as connection:
            in_force = await versions_in_force(connection, (*ABOUT_STATUS, *rule.lists))
        basis = ScreeningBasis(in_force, await read_truths(self._reader), clock.today(), rule)
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


async def touched_of(connection: Connection, cases: Cases, basis: ScreeningBasis, news: ListNews) -> set[str]:
    """Return the ids of those of some open partnerships that the registers in force and the truths may affect."""
    asked_keys = [keys for partnership_id, case in cases.items() for keys in _asked(partnership_id, case)]
    changed_ids = await changed_keys(connection, basis.in_force, asked_keys)
    names = (ScreenedName(who, subject, case.lists) for who, case in cases.items() for subject in case.subjects)
    listed_ids = await newly_listed(connection, news, names, RULE_BOOK.near_from)
    lacking_ids = {partnership_id for partnership_id, case in cases.items() if case.lacks_a_name}
    unseen_ids = seen_under_an_earlier_edition(cases) | unjudged(cases, basis.truths)
    unlisted_ids = lacking_a_list(cases, basis.in_force, basis.rule)
    old_ids = ageing(cases, basis.in_force, basis.on, basis.rule)
    return changed_ids | listed_ids | lacking_ids | unseen_ids | unlisted_ids | old_ids


def unjudged(cases: Cases, truths: tuple[Truth, ...]) -> set[str]:
    """Return the ids of partnerships whose newest look knew other facts than those that people told and are so."""
    facts = tuple(truth for truth in truths if truth.is_so)
    return {
        partnership_id
        for partnership_id, case in cases.items()
        if (facts or case.truths) and set(known_truths(facts, case.names, ALIKE)) != set(case.truths)
    }


def seen_under_an_earlier_edition(cases: Cases) -> set[str]:
    """Return the ids of partnerships that nobody looked at yet under the rule book in force.

    The look tells them what it asks of what was approved before it, and from which day on (rules 4.16).
    """
    newest = order_of(RULE_BOOK.version)
    editions = {case.edition for case in cases.values() if case.edition}
    earlier_editions = {edition for edition in editions if order_of(edition) < newest}
    return {partnership_id for partnership_id, case in cases.items() if case.edition in earlier_editions}


def ageing(cases: Cases, in_force: tuple[RegisterVersion, ...], on: date, rule: ListRule) -> set[str]:
    """Return the ids of partnerships with evidence that will soon be too old, if a newer version is in force.

    If none is, they are returned once the evidence is too old, so that a person can decide before a deadline runs out.
    A version that is in force still is as old as its newest confirmation: nobody is told of an unchanged list.
    """
    limits, newest = RULE_BOOK.limits(rule), {version.register_name: version for version in in_force}
    evidence_ages = (
        (who, EvidenceAge(*age, limit=limits.get(age[0], timedelta.max)), case)
        for who, case in cases.items()
        for age in case.ages
    )
    return {who for who, age, case in evidence_ages if age.calls_for_a_look(newest.get(age.register), case, on)}


class EvidenceAge(NamedTuple):
    """The age of what a register said, and how old it may be."""

    register: str
    current_on: date
    """The day up to which the version that was asked is known to have been current."""
    question_day: date
    limit: timedelta

    def calls_for_a_look(self, newest: RegisterVersion | None, case: Inquiry, on: date) -> bool:
        """True if another look says more, or a person must decide. `newest`: the version of the register in force."""
        if newest is not None and case.rests_on(self.register, newest.version):
            # Unchanged: its confirmations extend the evidence, without an event.
            last = max(self.current_on, newest.current_on)
            was_too_old = self.question_day - self.current_on > self.limit
            return (was_too_old and on - last <= self.limit) or self._grew_too_old(last, on)
        is_renewable = newest is not None and newest.current_on > self.current_on
        is_due = on - self.current_on > self.limit - _AHEAD
        return (is_renewable and is_due) or self._grew_too_old(self.current_on, on)

    def _grew_too_old(self, last: date, on: date) -> bool:
        """True if the evidence is too old, and was not yet when the register was asked."""
        return on - last > self.limit >= self.question_day - last


def lacking_a_list(cases: Cases, in_force: tuple[RegisterVersion, ...], rule: ListRule) -> set[str]:
    """Return the ids of partnerships that were not screened against a list that binds by now, and is loaded."""
    names = {version.register_name for version in in_force}.intersection(rule.lists)
    return {who for who, case in cases.items() if not names <= case.lists.keys()}


def _asked(partnership_id: str, case: Inquiry) -> Iterator[AskedKeys]:
    """Yield the register keys that the evidence rests on, each with the register version that was queried."""
    for ein, versions in case.statuses:
        for register in ABOUT_STATUS:
            yield AskedKeys(partnership_id, register, ein, versions.get(register, 0))
    for register, entity, version in case.entities:
        yield AskedKeys(partnership_id, register, entity, version)
