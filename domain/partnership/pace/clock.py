"""The funder's clock of a partnership: its life, parted between us, the grantee and nobody, wait by wait."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from domain.partnership.pace.facts import CaseFacts, DoorSubmission, facts_after
from domain.partnership.pace.waits import SIDES, OpenWait, PaceWait, Scene, Side, days_of, open_waits, side_of


class Stretch(NamedTuple):
    """A wait from its beginning to its end, or to the moment up to which the clock counts."""

    kind: PaceWait
    about: str
    begins: datetime
    ends: datetime
    is_over: bool

    @property
    def side(self) -> Side:
        """The side that was waited for."""
        return SIDES[self.kind]

    @property
    def length(self) -> timedelta:
        """The time that it took, so far."""
        return self.ends - self.begins


class Section(NamedTuple):
    """A part of a life in which nothing changed: from when to when, and with its open waits."""

    begins: datetime
    ends: datetime
    waits: frozenset[OpenWait]


class CaseClock(NamedTuple):
    """The clock of a partnership. Its three sides never overlap, and are its life together."""

    sections: tuple[Section, ...]
    stretches: tuple[Stretch, ...]
    """The waits in the order of their beginnings. Two may go on at once."""

    @property
    def life(self) -> timedelta:
        """The time from the proposal to the end, or so far, without what lay between an end and a reopening."""
        return sum((section.ends - section.begins for section in self.sections), timedelta())

    def time(self, side: Side) -> timedelta:
        """Return the time that the partnership was with a side."""
        parts = (section.ends - section.begins for section in self.sections if side_of(section.waits) is side)
        return sum(parts, timedelta())

    @property
    def open_stretches(self) -> tuple[Stretch, ...]:
        """The waits that go on."""
        return tuple(stretch for stretch in self.stretches if not stretch.is_over)


def case_clock(
    partnership_id: str, history: Sequence[Any], submissions: Sequence[DoorSubmission], until: datetime
) -> CaseClock:
    """Return the clock of a partnership up to a moment, of its events in order and of what was sealed at the door."""
    course = [facts for facts in facts_after(partnership_id, history) if facts.at <= until]
    sections = tuple(_sections(course, sorted(submissions, key=lambda entry: entry.at), until))
    return CaseClock(sections, tuple(_stretches(sections, until)))


def _sections(course: Sequence[CaseFacts], submissions: Sequence[DoorSubmission], until: datetime) -> Iterator[Section]:
    begins, moments = [facts.at for facts in course], _moments(course, submissions, until)
    arrivals = [entry.at for entry in submissions]
    for start, end in pairwise(moments):
        facts = course[bisect_right(begins, start) - 1]
        if facts.partnership.proposal is not None and not facts.partnership.ended:
            scene = Scene(facts, tuple(submissions[: bisect_right(arrivals, start)]), start)
            yield Section(start, end, open_waits(scene))


def _moments(course: Sequence[CaseFacts], submissions: Sequence[DoorSubmission], until: datetime) -> list[datetime]:
    """Return the moments at which something may change, from the first event to the last that counts."""
    if not course:
        return []
    moments = {facts.at for facts in course} | {entry.at for entry in submissions}
    moments |= {day for facts in course for day in days_of(facts)}
    return sorted(moment for moment in moments | {until} if course[0].at <= moment <= until)


def _stretches(sections: Sequence[Section], until: datetime) -> Iterator[Stretch]:
    """Yield the waits: one that goes on from a section to the next is one."""
    beginnings: dict[OpenWait, datetime] = {}
    stretches: list[Stretch] = []
    end = sections[0].begins if sections else until
    for section in sections:
        ends = [wait for wait in beginnings if wait not in section.waits or section.begins > end]
        stretches += [Stretch(*wait, beginnings.pop(wait), end, True) for wait in ends]
        for wait in section.waits:
            beginnings.setdefault(wait, section.begins)
        end = section.ends
    stretches += [Stretch(*wait, begins, end, end < until) for wait, begins in beginnings.items()]
    yield from sorted(stretches, key=lambda stretch: (stretch.begins, stretch.kind, stretch.about))
