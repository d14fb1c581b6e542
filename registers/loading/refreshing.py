"""Refresh a register from its publisher: fetch the changed files, load them, and store their HTTP validators."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

from ledger import clock
from registers import Connection
from registers.history import confirm, files_of, versions_in_force
from registers.loading.archive import Archive, Archived
from registers.loading.download.answer import day_of
from registers.loading.download.request import AGENT, FetchFailed, Validator
from registers.loading.fetching import Fetched, fetch
from registers.loading.loader import LoadReport, day_said, load
from registers.loading.texts import UnreadableFile, digest, fingerprint
from registers.loading.unpacking import unpack
from registers.loading.versions import LoadProgress, version_in_force
from registers.sources.catalogue import REGISTERS

_KNOWN: Final = "SELECT etag, last_modified, sha256 FROM registers.fetches WHERE address = $1"
_DAY: Final = "SELECT last_modified FROM registers.fetches WHERE address = $1"
_REMEMBER: Final = """
INSERT INTO registers.fetches (address, etag, last_modified, sha256) VALUES ($1, $2, $3, $4)
    ON CONFLICT (address) DO UPDATE
   SET etag = excluded.etag, last_modified = excluded.last_modified, sha256 = excluded.sha256,
       fetched_at = ledger.now()
"""


class RegisterSource(NamedTuple):
    """A register to refresh, with the addresses of its files and the folders to store them in."""

    register: str
    folder: Path
    """The download folder: empty at first, and removed by the caller."""
    archive: Archive
    mirror: str = ""
    """A base address that replaces the publisher's. Files are requested by name below it."""
    agent: str = AGENT
    """Our name for the publisher."""
    token: str = ""
    """The token for registers that their publisher gives only to whoever shows one. No mirror is told of it."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses to fetch the files from: the publisher's, or those on the mirror."""
        publisher_addresses = REGISTERS[self.register].addresses
        if not self.mirror:
            return publisher_addresses
        names = (Path(urlsplit(address).path).name for address in publisher_addresses)
        return tuple(f"{self.mirror.rstrip('/')}/{name}" for name in names)

    def request_address(self, address: str) -> str:
        """Return an address as it is asked, with the token that the publisher wants. It is never stored so.

        Raises:
            FetchFailed: The publisher wants a token, and there is none.
        """
        if not REGISTERS[self.register].needs_token or self.mirror:
            return address
        if not self.token:
            raise FetchFailed(
                f"{address} is given out only for a token; ask the publisher for one and set ACCORD_EU_TOKEN, or "
                "fetch the file in a browser and give it to `accord registers load`"
            )
        return f"{address}?token={quote(self.token, safe='')}"


async def refresh(
    connection: Connection,
    source: RegisterSource,
    fetching: Callable[[str, int, int | None], Any] = lambda _address, _bytes, _total: None,
    loading: LoadProgress = lambda _file, _rows: None,
    minimum_rows: int | None = None,
) -> LoadReport | None:
    """Fetch and load a register. Return None if the publisher has nothing new.

    Unless the load is refused, the version in force is then confirmed as of today. A refused file is fetched and
    refused again each time, until the publisher corrects it. `fetching` and `loading` receive the progress, and
    `minimum_rows` is that of `load`.

    Raises:
        FetchFailed: A file could not be fetched.
        UnreadableFile: A fetched file is not a file of the register.
    """
    came: list[tuple[str, Fetched | Archived]] = []
    for address in source.addresses:
        came.append((address, await _fetched(connection, source, address, fetching)))
    fresh = [(address, file) for address, file in came if isinstance(file, Fetched)]
    offers = [
        _Offered(path, await _day_told(connection, *arrival))
        for arrival in came
        for path in await _files(source, arrival[1])
    ]
    paths = [offer.path for offer in offers]
    if not fresh and await _is_in_force(connection, source.register, paths):
        await _confirm(connection, source.register)
        return None
    day = await _true_of(connection, source.register, offers)
    report = await load(connection, source.register, paths, day, source.archive, minimum_rows, loading)
    if not report.refused:
        await _remember(connection, source, fresh)
        await _confirm(connection, source.register)
    return report


class _Offered(NamedTuple):
    """A file that the publisher offers, and the day of its last change that the publisher's answer told, if any."""

    path: Path
    day: date | None


async def _day_told(connection: Connection, address: str, file: Fetched | Archived) -> date | None:
    """Return the day of an answer's Last-Modified, also of an earlier answer where nothing changed since."""
    if isinstance(file, Fetched):
        return file.last_modified
    return day_of(await connection.fetchval(_DAY, address) or "")


async def _true_of(connection: Connection, register: str, offers: Sequence[_Offered]) -> date:
    """Return the day that all files are true of: that of the oldest. A file that is in force already was true then.

    Raises:
        UnreadableFile: Neither a file nor the publisher's answer says its day.
    """
    before = await version_in_force(connection, register)
    digests = {file.sha256 for file in await files_of(connection, before["version"])} if before else set()
    return min([await _day_of(register, offer, before["source_date"] if before else None, digests) for offer in offers])


async def _day_of(register: str, offer: _Offered, in_force: date | None, digests: Collection[str]) -> date:
    day = day_said(register, (offer.path,)) or offer.day
    if in_force is not None and await asyncio.to_thread(digest, offer.path) in digests:
        return max(day or in_force, in_force)
    if day is None:
        raise UnreadableFile(
            f"{offer.path.name} does not say the day it is true of, and neither does its publisher's answer "
            "(Last-Modified); fetch it in a browser and load it by hand: accord registers load ... --as-of YYYY-MM-DD"
        )
    return day


async def _is_in_force(connection: Connection, register: str, paths: Sequence[Path]) -> bool:
    """Return True if exactly these files are in force. Others may have been loaded by hand since the last fetch."""
    offer_digest = await asyncio.to_thread(lambda: fingerprint({path.name: digest(path) for path in paths}))
    return any(version.sha256 == offer_digest for version in await versions_in_force(connection, (register,)))


async def _confirm(connection: Connection, register: str) -> None:
    for version in await versions_in_force(connection, (register,)):
        await confirm(connection, version.version, _today())


async def _fetched(
    connection: Connection, source: RegisterSource, address: str, progress: Callable[[str, int, int | None], Any]
) -> Fetched | Archived:
    """Fetch a file, or return the archived one if the publisher reports it as unchanged."""
    row = await connection.fetchrow(_KNOWN, address)
    old_file = Archived(Path(urlsplit(address).path).name, row["sha256"]) if row else None
    in_archive = row is not None and old_file is not None and _is_kept(source, old_file)
    validator = Validator(row["etag"], row["last_modified"]) if row and in_archive else Validator()
    new_file = await fetch(source.request_address(address), source.folder, validator, progress, agent=source.agent)
    if new_file is None and old_file is not None:
        return old_file
    if new_file is None:
        raise UnreadableFile(f"{address} says that it did not change, and it was never fetched; ask the publisher")
    return new_file


def _is_kept(source: RegisterSource, file: Archived) -> bool:
    try:
        source.archive.open(file)
    except UnreadableFile:
        return False
    return True


async def _files(source: RegisterSource, file: Fetched | Archived) -> Sequence[Path]:
    """Unpack a fetched or archived file into the download folder. Return its data files, named as published."""
    if isinstance(file, Fetched):
        return await asyncio.to_thread(unpack, file.path, source.folder)
    path = source.folder / file.name
    await asyncio.to_thread(shutil.copyfile, source.archive.open(file), path)
    return await asyncio.to_thread(unpack, path, source.folder)


async def _remember(connection: Connection, source: RegisterSource, fresh: Sequence[tuple[str, Fetched]]) -> None:
    for address, file in fresh:
        archive_file = await asyncio.to_thread(source.archive.keep, file.path)
        await connection.execute(
            _REMEMBER, address, file.validator.etag, file.validator.last_modified, archive_file.sha256
        )


def _today() -> date:
    return clock.today()


def fetchable_registers(token: str, mirror: str) -> tuple[str, ...]:
    """Return the registers that can be fetched: those that want a token only with one, or a mirror."""
    return tuple(name for name, register in REGISTERS.items() if token or mirror or not register.needs_token)
