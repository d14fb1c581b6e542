"""The publishers' files that the benchmark uses, whole or in part, with their size and their age."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from accord.demo.sample import SAMPLE
from bench.registers.report import Stock
from registers import Connection
from registers.loading.archive import Archive
from registers.loading.loader import LoadReport, load
from registers.loading.rows import ParsedRow, read_rows
from registers.sources.catalogue import REGISTERS
from registers.sources.kinds import Fields, parse_date

Files: TypeAlias = Mapping[str, Sequence[Path]]
"""The files of each register, by its name."""


class Extent(NamedTuple):
    """The extent of a run."""

    states: int | None
    """Files of the Business Master File, the smallest first; None for all."""
    lines: int | None
    """Lines of Publication 78, from its beginning; None for all."""
    rounds: int
    warm: int
    """Warm-up rounds, before those that count."""
    months: int
    lookups: int
    """In each round."""
    verifications: int
    """In each round."""
    standing: int
    """Open partnerships in the ledger, including those with running workflows."""
    running: int
    """Those of them with running workflows that no change affects."""
    touched: int
    """Partnerships that each change affects."""
    union: int
    """Entries of the European Union's list, which is generated."""


FULL: Final = Extent(None, None, 5, 1, 12, 3_000, 300, 10_000, 200, 40, 25_000)
QUICK: Final = Extent(2, 20_000, 1, 0, 3, 200, 20, 300, 10, 4, 500)


def published(data: Path, folder: Path, extent: Extent) -> Files:
    """Return the publishers' files. If a part is enough, it is written into the folder."""
    master = sorted((data / "irs/bmf").glob("*.csv"), key=lambda path: path.stat().st_size)
    return {
        "irs-bmf": tuple(sorted(master[: extent.states])),
        "irs-pub78": (_beginning(data / "irs/pub78/data-download-pub78.txt", folder, extent.lines),),
        "irs-revocation": (data / "irs/revocation/revocation-sample.txt",),
        "ofac-sdn": tuple(data / f"ofac/2021-07/{name}.csv" for name in ("sdn", "alt", "add", "sdn_comments")),
        "ofac-consolidated": tuple(SAMPLE / f"registers/cons_{name}.csv" for name in ("prim", "alt", "add")),
        "un-consolidated": (data / "un/UN_consolidated.xml",),
    }


def _beginning(path: Path, folder: Path, lines: int | None) -> Path:
    if lines is None:
        return path
    part = folder / path.name
    with path.open("rb") as file:
        part.write_bytes(b"".join(itertools.islice(file, lines)))
    return part


async def put(
    connection: Connection, register: str, paths: Sequence[Path], archive: Path, on: date | None = None
) -> LoadReport:
    """Load files as if they were published today, or on a given day. A part of a register is accepted, too."""
    day = on or date.today()  # noqa: DTZ011
    report = await load(connection, register, paths, day, Archive(archive), minimum_rows=1)
    assert not report.refused, report.note
    return report


def good_rows(register: str, path: Path) -> Iterator[ParsedRow]:
    """Yield the good rows of a register's file."""
    rows = read_rows(path, REGISTERS[register].kind_of(path.name))
    return (row for row in rows if isinstance(row, ParsedRow))


def fields_of(register: str, paths: Sequence[Path]) -> Iterator[Fields]:
    """Yield the parsed fields of the good rows of a register's files."""
    for path in paths:
        kind = REGISTERS[register].kind_of(path.name)
        yield from (kind.parse(row.row) for row in good_rows(register, path))


def stocks(files: Files) -> list[Stock]:
    """Return the size of each register's files, and the age that they state."""
    return [
        Stock(
            register,
            len(paths),
            sum(1 for path in paths for _ in good_rows(register, path)),
            sum(path.stat().st_size for path in paths),
            _true_of(register, paths),
        )
        for register, paths in files.items()
    ]


def _true_of(register: str, paths: Sequence[Path]) -> str:
    match register:
        case "irs-bmf":
            newest = max(fields[11] for fields in fields_of(register, paths))
            return f"newest ruling {newest[:4]}-{newest[4:]}"
        case "irs-revocation":
            posted = filter(None, (parse_date(fields[10]) for fields in fields_of(register, paths)))
            return f"newest posting {max(posted)}"
        case "un-consolidated":
            told = re.search(r'dateGenerated="([0-9-]{10})', paths[0].read_text("utf-8")[:1000])
            return f"generated {told[1]}" if told else "no date in it"
        case "ofac-sdn":
            return f"folder {paths[0].parent.name}"
        case "ofac-consolidated":
            return "the project's own sample"
        case _:
            return "no date in it"
