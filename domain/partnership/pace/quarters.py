"""The clock in public, by quarter: a line for each case, and of all lines the median and the worst tenth by wait."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self
from uuid import UUID

from domain.canonical_json import canonical_json
from domain.partnership.pace.clock import CaseClock
from domain.partnership.pace.waits import SIDES, PaceWait, Side
from domain.values import Sha256, Value

_FORM: Final = re.compile(r"(20\d\d)Q([1-4])")


class BadQuarter(ValueError):
    """No quarter is written so."""


class Quarter(NamedTuple):
    """A quarter of a year, UTC."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the quarter that is written like 2026Q4. Raises BadQuarter."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise BadQuarter(f"{text[:20]!r} is no quarter; write it like 2026Q4")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        after = Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)
        return after.begins


class LineWait(Value):
    """A wait of a case that ended in a quarter, or went on at its end."""

    kind: PaceWait
    seconds: int
    """Its length from its beginning, also where that lay before the quarter."""
    is_over: bool


class CaseLine(Value):
    """The line of a case in the figures of a quarter: without its name, which its grantee knows by a digest."""

    case: Sha256
    with_us: int
    """The seconds of its life with us, up to the end of the quarter."""
    with_them: int
    with_nobody: int
    waits: tuple[LineWait, ...]

    @property
    def leaf(self) -> bytes:
        """Its leaf in the tree of the quarter's lines (RFC 6962, section 2.1)."""
        return hashlib.sha256(b"\x00" + canonical_json(self.model_dump(mode="json"))).digest()


class WaitFigures(Value):
    """The figures of a kind of wait in a quarter."""

    kind: PaceWait
    side: Side
    waits: int
    still_open: int
    """The waits that went on at the end of the quarter, and are counted up to there."""
    median: int
    worst_tenth: int
    """The seconds that nine tenths of the waits do not exceed: each of the worst tenth took as long or longer."""


def case_digest(partnership_id: str, first_command: UUID) -> str:
    """Return the digest under which a case stands in public. Nobody guesses it from the partnership's id alone."""
    return hashlib.sha256(f"accord case {partnership_id} {first_command}".encode()).hexdigest()


def line_of(case: str, clock: CaseClock, quarter: Quarter) -> CaseLine | None:
    """Return the line of a case, of its clock up to the end of a quarter, or None if its life was over before it."""
    if not clock.sections or clock.sections[-1].ends <= quarter.begins:
        return None
    stretches = [stretch for stretch in clock.stretches if not stretch.is_over or stretch.ends > quarter.begins]
    waits = tuple(
        LineWait(kind=stretch.kind, seconds=_seconds(stretch.length), is_over=stretch.is_over) for stretch in stretches
    )
    return CaseLine(
        case=case,
        with_us=_seconds(clock.time(Side.WITH_US)),
        with_them=_seconds(clock.time(Side.WITH_THEM)),
        with_nobody=_seconds(clock.time(Side.WITH_NOBODY)),
        waits=waits,
    )


def figures_of(lines: Iterable[CaseLine]) -> tuple[WaitFigures, ...]:
    """Return the figures of each kind of wait that the lines hold, those with us first."""
    waits = [wait for line in lines for wait in line.waits]
    by_kind = {kind: [wait for wait in waits if wait.kind is kind] for kind in PaceWait}
    return tuple(_figures(kind, lengths) for kind, lengths in by_kind.items() if lengths)


def _figures(kind: PaceWait, waits: Sequence[LineWait]) -> WaitFigures:
    lengths = sorted(wait.seconds for wait in waits)
    return WaitFigures(
        kind=kind,
        side=SIDES[kind],
        waits=len(lengths),
        still_open=sum(not wait.is_over for wait in waits),
        median=nearest(lengths, 50),
        worst_tenth=nearest(lengths, 90),
    )


def nearest(lengths: Sequence[int], percent: int) -> int:
    """Return the length of a sorted sequence that so many of a hundred do not exceed, by the nearest rank."""
    rank = -(-percent * len(lengths) // 100)
    return lengths[max(rank, 1) - 1]


def _seconds(length: timedelta) -> int:
    return length // timedelta(seconds=1)
