"""Read the validly signed acts of a stream at the bank's counter, each counted once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from domain.directory.directory import Directory
from domain.fault import Fault
from domain.payment.counter import CounterAct, act_fault
from domain.recorded.event import RecordedEvent
from ledger import StoredEvent
from records.authorship import Reader, is_readable
from records.codec import from_ledger
from records.directory import is_doubted
from records.directory_stream import Directories
from records.keys.verification import verified


async def counted_events(
    reader: Reader, stream: str, kinds: Any, for_good: type[CounterAct] | tuple[type[CounterAct], ...] = ()
) -> list[tuple[Any, Directory]]:
    """Return (event, directory as of the event) for each event of a stream that is of the types `kinds` and counts.

    An act counts if its signature is valid and its key was not compromised at the time. Acts of the types `for_good`
    count with a compromised key as well: a hand-over cannot be undone, whoever used the key.

    Raises:
        EventUnreadable: An event of the stream cannot be read.
    """
    history = await reader.read(stream)
    times, today = await reader.registrar.directories(), await reader.registrar.directory()
    return _counted(history, stream, times, today, kinds, for_good)


async def counted_under(
    reader: Reader, prefix: str, kinds: Any, for_good: tuple[type[CounterAct], ...] = ()
) -> dict[str, list[tuple[Any, Directory]]]:
    """Return the acts that count of all streams under a prefix, by stream. Unreadable ones count for nothing."""
    histories: dict[str, list[StoredEvent]] = {}
    async for event in reader.ledger.read_all(prefix):
        if is_readable(event):
            histories.setdefault(event.stream_id, []).append(event)
    times, today = await reader.registrar.directories(), await reader.registrar.directory()
    acts_by_stream = {}
    for stream, stored_events in histories.items():
        history = [from_ledger(event) for event in await reader.judge(stored_events, times=times)]
        acts_by_stream[stream] = _counted(history, stream, times, today, kinds, for_good)
    return acts_by_stream


def _counted(
    history: Sequence[RecordedEvent], stream: str, times: Directories, today: Directory, kinds: Any,
    for_good: type[CounterAct] | tuple[type[CounterAct], ...],
) -> list[tuple[Any, Directory]]:  # fmt: skip
    counted_acts: list[tuple[Any, Directory]] = []
    acts: set[UUID] = set()
    for recorded_event in history:
        event = cast(Any, recorded_event.event)
        if not isinstance(event, kinds):
            continue
        directory = times.at(recorded_event.position)
        if isinstance(event, CounterAct):
            in_doubt = not isinstance(event, for_good) and is_doubted(today, event.signature, recorded_event)
            if (
                in_doubt
                or recorded_event.command_id in acts
                or _own_act_fault(recorded_event, event, stream, directory)
            ):
                continue
            acts.add(recorded_event.command_id)
        counted_acts.append((event, directory))
    return counted_acts


def _own_act_fault(recorded_event: RecordedEvent, event: CounterAct, stream: str, directory: Directory) -> Fault | None:
    """Return the reason why a recorded act does not count, such as a signature for another command, or None."""
    if event.signature.statement.command_id != recorded_event.command_id:
        return Fault("the signature was given for another command")
    return act_fault(event, stream, directory, verified, (recorded_event.recorded_at or event.at).date())
