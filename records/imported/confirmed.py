"""Imports that two people signed, as a judge of records keeps them: a record counts if they signed it before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory, role_fault
from domain.errors import EventUnreadable
from domain.fault import Fault
from domain.imported.events import ImportAct
from domain.imported.standing import standing_of
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from ledger import Ledger, StoredEvent
from records.codec import from_ledger, read_stored
from records.directory_stream import Directories

JudgeActs = Callable[[Sequence[StoredEvent]], Awaitable[list[StoredEvent]]]
"""Returns events, those that their signers did not sign with a doubt."""


class _Confirmed(NamedTuple):
    position: int
    """Of the second signature."""
    records: frozenset[str]
    """The digests of the records that may be written since."""


_NOBODY: Final = _Confirmed(0, frozenset())


class ConfirmedImports:
    """The imports that two people signed, each read once: their signatures are those of the directory of then."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, _Confirmed] = {}

    async def fault_of(
        self, event: StoredEvent, judge: JudgeActs, times: Directories, connection: PoolConnectionProxy | None
    ) -> Fault | None:
        """Return a fault if two people had not signed a record of before when it was written, or None."""
        content: Any = read_stored(event)
        order = content.order_sha256
        if order not in self._known:
            self._known.update(await self._confirmed(order, judge, times, connection))
        confirmation = self._known.get(order, _NOBODY)
        is_own = StreamId(event.stream_id).subject == content.record.reference
        if is_own and confirmation.position < event.position and content.record.sha256 in confirmation.records:
            return None
        return Fault(f"{event.event_type}: two people had not signed this record of import {order[:12]}")

    async def _confirmed(
        self, order: str, judge: JudgeActs, times: Directories, connection: PoolConnectionProxy | None
    ) -> dict[str, _Confirmed]:
        """Return an import by its digest, if two people signed it whose it was to sign."""
        stored_events = await self._ledger.read_stream(StreamId.import_order(order), connection=connection)
        acts: list[ImportAct] = []
        for stored_event in await judge(list(filter(_is_readable, stored_events))):
            act = _act_of(from_ledger(stored_event), times.at(stored_event.position))
            if act is None:
                continue
            acts.append(act)
            if records := standing_of(order, acts).allowed:
                return {order: _Confirmed(stored_event.position, records)}
        return {}


def _is_readable(event: StoredEvent) -> bool:
    try:
        read_stored(event)
    except EventUnreadable:
        return False
    return True


def _act_of(recorded_event: RecordedEvent, then: Directory) -> ImportAct | None:
    """Return an act on an import that was its signer's to take, by the directory of then, or None."""
    act = recorded_event.event
    if not isinstance(act, ImportAct):
        return None
    day = (recorded_event.recorded_at or act.at).date()
    return act if role_fault(then, act.actor, act.act.replace("_", " "), act.roles, day) is None else None
