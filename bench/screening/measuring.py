"""Measure the matcher alone: what it finds of names that are written otherwise, whom it holds, and how fast it is."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process, utils

from bench.screening.alterations import omit, reorder, slip, transcribe
from bench.screening.pairs import Draw, draw_of
from bench.screening.strangers import SEED, abroad, cared_for, charities, common, other_charities, recombined
from registers.matching import DEFAULT_THRESHOLD, ListedKind, ListedName, NameIndex, Quality, Subject, SubjectKind

SAMPLE: Final = 2_000
TIMED: Final = 100


class Row(NamedTuple):
    """A target, and the figure that was reached."""

    what: str
    reached: float
    target: float
    unit: str
    at_most: bool

    @property
    def met(self) -> bool:
        """True if the target was reached."""
        return self.reached <= self.target if self.at_most else self.reached >= self.target


def alarms(index: NameIndex, names: Sequence[str], kind: SubjectKind) -> float:
    """Return the share of names, in percent, that raise a potential match."""
    return 100 * sum(bool(index.find(Subject(name, kind), DEFAULT_THRESHOLD)) for name in names) / len(names)


def found(index: NameIndex, names: Sequence[ListedName], alter: Callable[[str, random.Random], str | None]) -> float:
    """Return the share of altered names, in percent, that still find their own entity."""
    chance = random.Random(SEED)
    altered = ((one, alter(one.name, chance)) for one in chance.sample(list(names), len(names)))
    asked = list(islice(((one, name) for one, name in altered if name), SAMPLE))
    met = sum(
        one.entity in {hit.listed.entity for hit in index.find(_subject(one, name), DEFAULT_THRESHOLD)}
        for one, name in asked
    )
    return 100 * met / len(asked)


def _subject(one: ListedName, name: str) -> Subject:
    return Subject(name, SubjectKind.PERSON if one.kind is ListedKind.PERSON else SubjectKind.ORGANISATION)


def timed(index: NameIndex, listed: Sequence[ListedName], drawn: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return (ours, theirs): a processor's milliseconds for a look-up in our index, and for a scan by rapidfuzz."""
    chance, all_names = random.Random(SEED), [one.name for one in listed]
    asked = [_subject(one, one.name) for one in chance.sample(list(listed), TIMED)]
    asked += [Subject(name, SubjectKind.ORGANISATION) for name in drawn[:TIMED]]
    ours = [_milliseconds(partial(index.find, one, DEFAULT_THRESHOLD)) for one in asked]
    scan = partial(
        process.extract, choices=all_names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=88
    )
    theirs = [_milliseconds(partial(scan, one.name)) for one in asked[::4]]
    return ours, theirs


def _milliseconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def _mebibytes(work: Callable[[], object]) -> float:
    """Return the peak memory of a second index beside the first, in MiB. Words that both share are not counted."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (1 << 20)


def measured(data: Path, listed: Sequence[ListedName]) -> Iterator[Row]:
    """Yield everything that has a target, but for the pairs."""
    before = time.process_time()
    index = NameIndex(listed)
    built = (time.process_time() - before) * 1000
    yield from _speed(index, built, listed, charities(data))
    yield from _found(index, listed)
    yield from _alarms(index, data, listed)


def _speed(index: NameIndex, built: float, listed: Sequence[ListedName], drawn: Sequence[str]) -> Iterator[Row]:
    ours, theirs = timed(index, listed, drawn)
    scan = sum(theirs) / len(theirs)
    yield Row(f"build an index of {len(listed):,} names, in scans by rapidfuzz", built / scan, 200, "times", True)
    yield Row("its memory", _mebibytes(partial(NameIndex, listed)), 150, "MiB", True)
    slowest = sorted(ours)[int(len(ours) * 0.95)]
    yield Row("one name against all, p95, on one processor", slowest, 10, "ms", True)
    yield Row("one name against all, p95, in scans by rapidfuzz", slowest / scan, 0.5, "times", True)
    yield Row("faster than rapidfuzz over all names", scan / (sum(ours) / len(ours)), 3, "times", False)


def _found(index: NameIndex, listed: Sequence[ListedName]) -> Iterator[Row]:
    strong = [one for one in listed if one.quality is not Quality.WEAK]
    halves = {draw: [one for one in strong if draw_of(one.entity) is draw] for draw in Draw}
    for what, alter, target in (
        ("names as listed", lambda name, _: name, 99.5),
        ("one slip of the pen", slip, 93),
        ("another order of words", reorder, 99),
        ("a middle word dropped", omit, 85),
        ("without accents, transcribed otherwise", transcribe, 95),
    ):
        for draw, names in halves.items():
            yield Row(f"found: {what} ({draw} half)", found(index, names, alter), target, "%", False)


def _alarms(index: NameIndex, data: Path, listed: Sequence[ListedName]) -> Iterator[Row]:
    for who, names, kind, target in (
        ("charities", charities(data), SubjectKind.ORGANISATION, 0.1),
        ("charities that nobody tuned on", other_charities(data), SubjectKind.ORGANISATION, 0.3),
        ("recipients abroad", abroad(data), SubjectKind.ORGANISATION, 0.3),
        ("listed persons' names recombined", recombined(listed), SubjectKind.PERSON, 6),
        ("persons of common names", common(), SubjectKind.PERSON, 1.5),
        ("persons in whose care charities are", cared_for(data), SubjectKind.PERSON, 0.5),
    ):
        yield Row(f"{who} with a potential match, of {len(names):,}", alarms(index, names, kind), target, "%", True)
