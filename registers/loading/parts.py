"""Look at one file of a register while it is read: is anything in it, what do its columns look like, how does it end?

What is found here needs no other version to compare with. How a file ends is compared with the version in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from domain.values import short
from registers.loading.rows import ParsedRow
from registers.sources.kinds import FileKind

_ALL_OF_FIRST: Final = 1000
_EACH: Final = 16
"""The columns of the first thousand rows are looked at, and then of each sixteenth."""


class Ending(NamedTuple):
    """The extent of a file: its number of rows, the highest key, and the number of rows that bear that key.

    Publishers order their files by key, so a file whose end is missing lacks the highest ones.
    """

    rows: int = 0
    highest: str = ""
    """With zeros before it, so that it compares as a number."""
    bearing: int = 0

    def beyond(self, ending: Ending) -> bool:
        """Return True if this file lists something after the other one's end."""
        return (self.highest, self.bearing) > (ending.highest, ending.bearing)


@dataclass(slots=True)
class FileCount:
    """The counts of one file."""

    name: str
    kind: FileKind
    rows: int = 0
    bad: int = 0
    line: int = 1
    """The line of the last row."""
    keys: dict[str, int] | None = None
    """The line at which each key of a sanctions list stands first. Of other registers none are kept."""
    _highest: str = ""
    _bearing: int = 0
    _checked: int = 0
    _misfits: list[list[tuple[int, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._misfits = [[] for _ in self.kind.shapes]

    def take(self, row: ParsedRow) -> None:
        """Count a good row."""
        self.rows += 1
        self.line = row.line
        highest = self._highest
        if len(row.key) > len(highest) or (len(row.key) == len(highest) and row.key > highest):
            self._highest, self._bearing = row.key, 1
        elif row.key == highest:
            self._bearing += 1
        if self.keys is not None:
            self.keys.setdefault(row.key, row.line)
        if self._misfits and (self.rows <= _ALL_OF_FIRST or not self.rows % _EACH):
            self._look(row)

    def _look(self, row: ParsedRow) -> None:
        fields = self.kind.parse(row.row)
        self._checked += 1
        for shape, misfits in zip(self.kind.shapes, self._misfits, strict=True):
            if not shape.fits(fields):
                misfits.append((row.line, short(shape.value(fields))))

    @property
    def ending(self) -> Ending:
        """The extent of the file: its rows, and its end."""
        return Ending(self.rows, self._highest.zfill(WIDEST), self._bearing)

    def faults(self) -> Iterator[str]:
        """Yield the faults of the file by itself, each with its line."""
        if not self.rows and not self.bad:
            reason = "no row follows the header" if self.kind.header else "there is no row in it"
            yield f"{self.name} line {self.line}: {reason}"
        for shape, misfits in zip(self.kind.shapes, self._misfits, strict=True):
            if self._checked and len(misfits) > self._checked * (1 - shape.least):
                (line, value), count = misfits[0], f"{len(misfits)} of {self._checked} rows"
                yield f"{self.name} line {line}: {shape.title} is {value}, and {count} have another form than published"


def strays(parts: Sequence[FileCount]) -> Iterator[str]:
    """Yield the first entry that a companion file of a sanctions list names, and that no main file lists."""
    main_keys = {key for part in parts if part.kind.main for key in part.keys or ()}
    for part in parts:
        missing = ((line, key) for key, line in (part.keys or {}).items() if key not in main_keys)
        if not part.kind.main and (first := next(missing, None)):
            line, key = first
            yield f"{part.name} line {line}: entry {key} is not in the main file, which is of another day or cut off"


WIDEST: Final = 18
"""The digits of the longest key."""
