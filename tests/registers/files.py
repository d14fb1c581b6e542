"""Small register files, written as their publishers write them. All organisations are invented."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from domain.screening.sources import RegisterVersion
from registers import Connection
from registers.history import RegisterAsOf
from registers.loading.archive import Archive
from registers.loading.loader import LoadReport, load
from registers.loading.rows import ParsedRow, read_rows
from registers.sources.catalogue import REGISTERS
from registers.sources.irs import MASTER_FILE_FIELDS
from tests.builders import version

SAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "sample" / "registers"
SDN_NAMES = ("sdn.csv", "alt.csv", "add.csv")
FIRST_DAY = date(2026, 11, 1)
NEXT_DAY = date(2026, 12, 1)
_FOLDER = tempfile.TemporaryDirectory(prefix="accord-archive-")
ARCHIVE = Archive(Path(_FOLDER.name))


def ein(n: int) -> str:
    return f"{1_000_000 + n:09}"


def bmf_row(n: int, name: str = "RIVERBEND LIBRARY NETWORK") -> str:
    places = "1 MAIN ST,RIVERBEND,KS,00000-0000"
    codes = "0000,03,3,1000,200501,1,15,000000000,1,01,202412,4,4,01,0,12"
    return f"{ein(n)},{name},,{places},{codes},1200000,900000,900000,B700,"


def pub78_row(n: int, name: str = "Riverbend Library Network", codes: str = "PC") -> str:
    return f"{ein(n)}|{name}|Riverbend|KS|United States|{codes}"


def revocation_row(n: int, revoked: str = "15-NOV-2017", posted: str = "12-MAR-2018", reinstated: str = "") -> str:
    return f"{ein(n)}|OAKLEAF||1 MAIN ST|NORFOLK|VA|23523-2112|US|03|{revoked}|{posted}|{reinstated}"


def sdn_row(n: int, name: str) -> str:
    return f'{n},"{name}",-0- ,"SAMPLE",' + "-0- ," * 7 + "-0- "


def write(folder: Path, name: str, *lines: str, end: str = "\n", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("".join(line + end for line in lines).encode(encoding))
    return path


def write_bmf(folder: Path, count: int, name: str = "bmf.csv", **more: str) -> Path:
    return write(folder, name, MASTER_FILE_FIELDS, *[bmf_row(n) for n in range(count)], **more)


def write_sdn(folder: Path, *main: str, aliases: tuple[str, ...] = (), addresses: tuple[str, ...] = ()) -> list[Path]:
    first, name = next(csv.reader(main or (sdn_row(1, "OBSIDIAN PIER"),)))[:2]
    aliases = aliases or (f'{first},1,"aka","{name}",-0- ',)  # the publisher's files are never empty
    addresses = addresses or (f'{first},1,-0- ,-0- ,"Zorvania",-0- ',)
    contents = zip(SDN_NAMES, (main, aliases, addresses), strict=True)
    return [closed(write(folder, name, *lines, end="\r\n")) for name, lines in contents]


def closed(path: Path) -> Path:
    """The file, closed as OFAC closes those of the SDN list."""
    path.write_bytes(path.read_bytes() + b"\x1a")
    return path


def rows_in(register: str, *paths: Path, listed_since: int = 1) -> list[dict[str, object]]:
    """The good rows of a register's files as its first version lists them, without a database."""
    definition, first = REGISTERS[register], version(register, FIRST_DAY)
    of_version = {"register": register, "version": first.version, "sha256": first.sha256, "source_date": FIRST_DAY}
    read = [
        (path, kind, row)
        for path in paths
        for kind in (definition.kind_of(path.name),)
        for row in read_rows(path, kind)
    ]
    return [
        {
            **of_version, "kind": kind.name, "key": row.key, "row": row.row, "file": path.name, "line": row.line,
            "listed_since": listed_since,
        }
        for path, kind, row in read
        if isinstance(row, ParsedRow)
    ]  # fmt: skip


async def load_small(connection: Connection, register: str, *paths: Path, on: date = FIRST_DAY) -> LoadReport:
    return await load(connection, register, paths, on, ARCHIVE, minimum_rows=1)


async def load_sample(connection: Connection) -> None:
    for register, stem in {"irs-bmf": "bmf.csv", "irs-pub78": "pub78.txt", "irs-revocation": "revocation.txt"}.items():
        await load_small(connection, register, SAMPLE / stem)
    await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in SDN_NAMES])


def switch_while_asking(patch: pytest.MonkeyPatch, asking: ModuleType, switch: Callable[[], Awaitable[object]]) -> None:
    """Put another version in force just before and just after the versions in force are asked for."""
    ask = asking.versions_in_force

    async def in_between(
        connection: Connection, registers: Sequence[str], as_of: RegisterAsOf
    ) -> tuple[RegisterVersion, ...]:
        await switch()
        found: tuple[RegisterVersion, ...] = await ask(connection, registers, as_of)
        await switch()
        return found

    patch.setattr(asking, "versions_in_force", in_between)
