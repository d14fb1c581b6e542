"""Read a register's file row by row and count the rows: good ones with their key, rejected ones with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from registers.loading.numbers import Numbers
from registers.loading.texts import CutOff, NumberedLine, Unfit, UnreadableFile
from registers.sources.kinds import BadRow, FileKind

_SHOWN: Final = 500
"""Characters of a bad row that are kept."""

_QUARANTINE_LIMIT: Final = 1000
"""The most bad rows kept with their reasons. All are counted."""


class ParsedRow(NamedTuple):
    """A row that fits the format: its line, its key and its text as published."""

    line: int
    key: str
    row: str
    name_key: int | None = None
    """The key of the name that it gives the body with its key, or None if it gives none."""
    second_key: int | None = None
    """The key of a further name of that body, 0 if it gives none, or None if its kind never does."""


class RejectedRow(NamedTuple):
    """A row that does not fit the format, with the reason."""

    line: int
    reason: str
    row: str


def read_rows(path: Path, kind: FileKind) -> Iterator[ParsedRow | RejectedRow | CutOff]:
    """Yield every row of a file after its header, and finally a `CutOff` if the end of the file is missing.

    Raises:
        UnreadableFile: The file is not of this kind at all.
    """
    rows = kind.split(path)
    if kind.header:
        for first in islice(rows, 1):
            _check_header(path, kind.header, first)
    key_of, name_key_of = kind.key_of, kind.name_key_of if kind.named is not None else _no_name
    second_key_of = kind.second_key_of if kind.second_named is not None else _no_name
    for row in rows:
        if isinstance(row, CutOff):
            yield row
        elif isinstance(row, Unfit):
            yield _rejected(*row)
        elif "\x00" in row[1]:
            yield _rejected(*row, reason="a NUL character")
        else:
            line, text = row
            try:
                yield ParsedRow(line, key_of(text), text, name_key_of(text), second_key_of(text))
            except BadRow as fault:
                yield _rejected(line, text, str(fault))


def _no_name(_row: str) -> None:
    """Return the key of the name in a row of a kind that names no body."""


def _rejected(line: int, text: str, reason: str) -> RejectedRow:
    """Return a rejected row that PostgreSQL can store: shortened, and with NUL characters replaced."""
    return RejectedRow(line, reason, text[:_SHOWN].replace("\x00", "\N{REPLACEMENT CHARACTER}"))


def _check_header(path: Path, header: str, first: NumberedLine) -> None:
    line, text = first[0], first[1]
    if text.strip() == header:
        return
    if text.strip().startswith(f"{header},"):
        addition = text.strip()[len(header) + 1 :]
        raise UnreadableFile(
            f"{path.name} line {line}: the publisher added {addition[:80]!r}; this needs a newer Accord"
        )
    if sorted(text.strip().split(",")) == sorted(header.split(",")):
        fault = "the columns are in another order than published"
    else:
        fault = f"the header {header[:20]!r} ... is missing"
    raise UnreadableFile(f"{path.name} line {line}: {fault}; fetch the publisher's own file")


@dataclass(slots=True)
class Tally:
    """The counts of a version's rows that were read so far, and the first bad rows."""

    rows: int = 0
    """Good rows of the main files. They alone count as the register's size."""
    companions: int = 0
    bad: int = 0
    came: int = 0
    left: int = 0
    rejected: list[tuple[int, RejectedRow]] = field(default_factory=list)
    """The first bad rows, as (file number from 1, row)."""
    cut_off: list[str] = field(default_factory=list)
    """One text per truncated file, with its name, line and reason."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Good rows by the name of their kind."""
    before: Mapping[str, int] = field(default_factory=dict)
    """Rows in force before this load, by the name of their kind."""
    met: Numbers = field(default_factory=Numbers)

    @property
    def shrunk(self) -> tuple[tuple[str, int, int], ...]:
        """Every kind in force, as (kind name, rows in force, rows now)."""
        return tuple((kind, count, self.kinds[kind]) for kind, count in sorted(self.before.items()))

    def accept(self, kind: FileKind, good: int) -> None:
        """Count the good rows of a file."""
        self.kinds[kind.name] += good
        if kind.main:
            self.rows += good
        else:
            self.companions += good

    def reject(self, file: int, row: RejectedRow) -> None:
        """Count a bad row of a file, given by its number from 1, and keep the row if it is among the first."""
        self.bad += 1
        if len(self.rejected) < _QUARANTINE_LIMIT:
            self.rejected.append((file, row))

    def first_bad(self, files: Sequence[str]) -> str | None:
        """Return the file name, line and reason of the first bad row, or None."""
        return next(iter(self.reasons(files)), None)

    def reasons(self, files: Sequence[str]) -> tuple[str, ...]:
        """Return the file name, line and reason of each bad row kept. `files` are the names by file number."""
        return tuple(f"{files[file - 1]} line {row.line}: {row.reason}" for file, row in self.rejected)
