"""Read a register's file row by row: each is good, with its key, or rejected, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from registers.kinds import BadRow, Kind
from registers.texts import UnreadableFile


class ParsedRow(NamedTuple):
    """A good row."""

    line: int
    key: str
    row: str


class RejectedRow(NamedTuple):
    """A bad row, with the reason."""

    line: int
    reason: str
    row: str


def read_rows(path: Path, kind: Kind) -> Iterator[ParsedRow | RejectedRow]:
    """Yield every row of a file. Raises UnreadableFile if it is none of this kind at all."""
    rows = kind.split(path)
    if kind.header:
        for first in islice(rows, 1):
            _check_header(path, kind.header, first)
    key_of = kind.key_of
    for line, text in rows:
        if "\x00" in text:
            yield RejectedRow(line, "a NUL character", text.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:500])
            continue
        try:
            yield ParsedRow(line, key_of(text), text)
        except BadRow as fault:
            yield RejectedRow(line, str(fault), text[:500])


def _check_header(path: Path, header: str, first: tuple[int, str]) -> None:
    line, text = first
    if text.strip() == header:
        return
    if sorted(text.strip().split(",")) == sorted(header.split(",")):
        fault = "the columns are in another order than published"
    else:
        fault = f"the header {header[:20]!r} ... is missing"
    raise UnreadableFile(f"{path.name} line {line}: {fault}; fetch the publisher's own file")
