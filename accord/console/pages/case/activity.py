"""Activity of a case: sentences by day, with what Accord did by itself folded, and the proof behind each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from accord.presentation.times.zones import local
from accord.presentation.words.days import day_in_words
from accord.presentation.words.deeds import deed_of, doer_of
from accord.presentation.words.facts import FieldInWords, facts_of
from accord.presentation.words.values import NamesInWords, initials, listed
from domain.fault import Fault
from domain.partnership import events as e
from domain.recorded.event import RecordedEvent
from domain.recorded.proofs import FOLLOWS, NOT_SAID


class ActivityLine(NamedTuple):
    """Something that happened, with its proof."""

    who: str
    """The name of who did it, or '' for Accord."""
    face: str
    """The initials of who did it."""
    what: str
    said: str
    at: datetime
    version: int
    position: int
    recorded_at: datetime | None
    event: str
    key: str
    digest: str
    saw: int
    """The version that they were shown, or 0 if none."""
    fault: Fault | None
    signed: tuple[FieldInWords, ...]
    """Every field that the signature covers, but for a proposal, which the page shows whole."""


class Group(NamedTuple):
    """Lines that stand together: one of a person, or those that Accord did one after the other."""

    by_accord: bool
    lines: tuple[ActivityLine, ...]

    @property
    def summary(self) -> str:
        """What Accord did, in one sentence."""
        return listed([line.what for line in self.lines]) if len(self.lines) <= 2 else f"did {len(self.lines)} things"


class ActivityDay(NamedTuple):
    """A day with what happened on it, the newest first."""

    name: str
    groups: tuple[Group, ...]


def activity_of(
    history: Sequence[RecordedEvent], faults: dict[int, Fault | None], names: NamesInWords
) -> tuple[ActivityDay, ...]:
    """Return what happened, by day, the newest first. Each signature was verified for this page."""
    lines = [line_of(recorded, faults, names) for recorded in reversed(history)]
    days = groupby(lines, key=lambda line: local(line.at).date())
    return tuple(ActivityDay(_day(day), tuple(_groups(list(lines_of_day)))) for day, lines_of_day in days)


def _day(day: date) -> str:
    return f"{day:%A}, {day_in_words(day)}"


def _groups(lines: Sequence[ActivityLine]) -> Iterator[Group]:
    for by_accord, together in groupby(lines, key=lambda line: not line.who):
        if by_accord:
            yield Group(by_accord=True, lines=tuple(together))
        else:
            yield from (Group(by_accord=False, lines=(line,)) for line in together)


_SHOWN: Final = frozenset({*NOT_SAID, "proposal"})
"""What is no content of an act, and the proposal, which the page shows whole."""


def line_of(recorded: RecordedEvent, faults: dict[int, Fault | None], names: NamesInWords) -> ActivityLine:
    """Return what happened by an event, with its proof. `faults`: those of signatures, by version."""
    event: Any = recorded.event
    signature, deed, doer = getattr(event, "signature", None), deed_of(event, names), doer_of(event)
    shown = signature.statement.shown if signature is not None else None
    who = names.person(doer) if doer else ""
    return ActivityLine(
        who=who,
        face=initials(who),
        what=deed.what,
        said=names.within(deed.said),
        at=event.at,
        version=recorded.version,
        position=recorded.position,
        recorded_at=recorded.recorded_at,
        event=event.event_type,
        key=signature.key_id if signature is not None else "",
        digest=signature.statement.digest if signature is not None else "",
        saw=shown.version if shown is not None else 0,
        fault=faults.get(recorded.version),
        signed=facts_of(event, names, _SHOWN | FOLLOWS.get(type(event), frozenset())) if signature else (),
    )


def comments_of(history: Sequence[RecordedEvent], names: NamesInWords) -> tuple[ActivityLine, ...]:
    """Return what people said, the oldest first."""
    return tuple(line_of(recorded, {}, names) for recorded in history if isinstance(recorded.event, e.CommentMade))
