"""Refresh a register from its publisher: fetch what changed since, load it, and remember what the publisher said."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from ledger import clock
from registers import Connection
from registers.history import confirm, versions_in_force
from registers.loading.archive import Archive, Archived
from registers.loading.fetching import Fetched, Validator, day_of, fetch
from registers.loading.loader import LoadProgress, LoadReport, load
from registers.loading.texts import UnreadableFile, digest, fingerprint
from registers.loading.unpacking import unpack
from registers.sources.catalogue import REGISTERS

_KNOWN: Final = "SELECT etag, last_modified, sha256 FROM registers.fetches WHERE address = $1"
_DAYS: Final = "SELECT last_modified FROM registers.fetches WHERE address = ANY ($1)"
_REMEMBER: Final = """
INSERT INTO registers.fetches (address, etag, last_modified, sha256) VALUES ($1, $2, $3, $4)
    ON CONFLICT (address) DO UPDATE
   SET etag = excluded.etag, last_modified = excluded.last_modified, sha256 = excluded.sha256,
       fetched_at = ledger.now()
"""


class RegisterSource(NamedTuple):
    """The place where the files of a register come from, and where they go."""

    register: str
    folder: Path
    """Empty, and the caller's to remove."""
    archive: Archive
    mirror: str = ""
    """An address that stands in for the publisher's; files are asked for by name below it."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the files."""
        published = REGISTERS[self.register].addresses
        if not self.mirror:
            return published
        names = (Path(urlsplit(address).path).name for address in published)
        return tuple(f"{self.mirror.rstrip('/')}/{name}" for name in names)


async def refresh(
    connection: Connection,
    source: RegisterSource,
    fetching: Callable[[str, int, int | None], Any] = lambda _address, _bytes, _total: None,
    loading: LoadProgress = lambda _file, _rows: None,
    minimum_rows: int | None = None,
) -> LoadReport | None:
    """Fetch and load a register; None if the publisher has nothing new, which keeps the version in force from ageing.

    What is refused is fetched again the next time, and refused again, until the publisher mends it.

    Raises:
        FetchFailed: A file could not be had.
        UnreadableFile: What came is no file of the register.
    """
    came: list[tuple[str, Fetched | Archived]] = []
    for address in source.addresses:
        came.append((address, await _fetched(connection, source, address, fetching)))
    fresh = [(address, one) for address, one in came if isinstance(one, Fetched)]
    paths = [path for _, one in came for path in await _files(source, one)]
    if not fresh and await _is_in_force(connection, source.register, paths):
        await _confirm(connection, source.register)
        return None
    days = [one.last_modified for _, one in fresh] if fresh else await _days_known(connection, source)
    day = max(filter(None, days), default=_today())
    report = await load(connection, source.register, paths, day, source.archive, minimum_rows, loading)
    if not report.refused:
        await _remember(connection, source, fresh)
        await _confirm(connection, source.register)
    return report


async def _days_known(connection: Connection, source: RegisterSource) -> list[date | None]:
    """The days that the publisher told of its files when they were fetched."""
    rows = await connection.fetch(_DAYS, list(source.addresses))
    return [day_of(row["last_modified"]) for row in rows]


async def _is_in_force(connection: Connection, register: str, paths: Sequence[Path]) -> bool:
    """Return whether the version in force is the publisher's newest, and not one that somebody loaded by hand since."""
    offered = await asyncio.to_thread(lambda: fingerprint({path.name: digest(path) for path in paths}))
    return any(version.sha256 == offered for version in await versions_in_force(connection, (register,)))


async def _confirm(connection: Connection, register: str) -> None:
    for version in await versions_in_force(connection, (register,)):
        await confirm(connection, version.version, _today())


async def _fetched(
    connection: Connection, source: RegisterSource, address: str, progress: Callable[[str, int, int | None], Any]
) -> Fetched | Archived:
    """The file as it comes, or as it was kept where the publisher says that it is still the same."""
    row = await connection.fetchrow(_KNOWN, address)
    kept = Archived(Path(urlsplit(address).path).name, row["sha256"]) if row else None
    held = row is not None and kept is not None and _is_kept(source, kept)
    known = Validator(row["etag"], row["last_modified"]) if row and held else Validator()
    found = await fetch(address, source.folder, known, progress)
    if found is None and kept is not None:
        return kept
    if found is None:
        raise UnreadableFile(f"{address} says that it did not change, and it was never fetched; ask the publisher")
    return found


def _is_kept(source: RegisterSource, kept: Archived) -> bool:
    try:
        source.archive.open(kept)
    except UnreadableFile:
        return False
    return True


async def _files(source: RegisterSource, one: Fetched | Archived) -> Sequence[Path]:
    """The data files in what was fetched, under the names that the publisher gave them."""
    if isinstance(one, Fetched):
        return await asyncio.to_thread(unpack, one.path, source.folder)
    path = source.folder / one.name
    await asyncio.to_thread(shutil.copyfile, source.archive.open(one), path)
    return await asyncio.to_thread(unpack, path, source.folder)


async def _remember(connection: Connection, source: RegisterSource, fresh: Sequence[tuple[str, Fetched]]) -> None:
    for address, one in fresh:
        kept = await asyncio.to_thread(source.archive.keep, one.path)
        await connection.execute(_REMEMBER, address, one.validator.etag, one.validator.last_modified, kept.sha256)


def _today() -> date:
    return clock.today()
