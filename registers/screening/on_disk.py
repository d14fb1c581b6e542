"""Keep indexed lists on disk for commands that only look: the next one need not index them again (ADR 0131).

Nothing that is recorded rests on such a file: whoever decides, pays or makes evidence anew indexes the rows of the
database or of the archive. A file is believed if it belongs to this user, nobody else can write it or its folder, its
content has the digest of its name, and that name is of the lists in force and of the code that scores.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final
from uuid import uuid4

from domain.screening.sources import RegisterVersion
from registers import Connection
from registers.history import all_rows
from registers.loading.texts import digest
from registers.screening import shelf
from registers.screening.lists import Key, Lists, Params, Result, Work, indexed, key_of

MOST_FILES: Final = 2
_SUFFIX: Final = ".lists"
_ROOT: Final = Path(__file__).resolve().parents[2]
_CODE: Final = (
    "registers/matching",
    "registers/sources",
    "registers/screening",
    "registers/history.py",
    "registers/loading/texts.py",
    "domain/policy/programmes.py",
)
"""The folders and modules that read rows, take apart what publishers write in a field, and index names."""

_TABLES: Final = frozenset({".py", ".txt"})
"""Code, and the tables of words beside it."""

_LIBRARIES: Final = ("rigour", "rapidfuzz", "anyascii")


class OnDisk:
    """Keeps the lists in files of a folder, and those of a command in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lists = folder, dict[Key, Lists]()

    async def ask(
        self,
        connection: Connection,
        versions: tuple[RegisterVersion, ...],
        work: Work[Params, Result],
        *args: Params.args,
        **keywords: Params.kwargs,
    ) -> Result:
        """Return the answer of a piece of work on the lists of these versions."""
        key = key_of(versions)
        if key not in self._lists:
            self._lists[key] = stored_lists(self._folder, key) or await self._index(connection, versions, key)
        return await asyncio.to_thread(work, self._lists[key], *args, **keywords)

    async def _index(self, connection: Connection, versions: tuple[RegisterVersion, ...], key: Key) -> Lists:
        rows = [row for register_version in versions for row in await all_rows(connection, register_version.version)]
        lists = await asyncio.to_thread(indexed, rows)
        await asyncio.to_thread(store_lists, self._folder, key, lists)
        return lists


def store_lists(folder: Path, key: Key, lists: Lists) -> None:
    """Write indexed lists to the folder, for this user alone, and let go of older ones. What fails is left out."""
    with suppress(OSError, sqlite3.Error):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / f"{uuid4().hex}.part"
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            shelf.write(part, lists)
            part.replace(folder / f"{_name(key)}-{digest(part)}{_SUFFIX}")
        finally:
            part.unlink(missing_ok=True)
        for path in sorted(folder.glob(f"*{_SUFFIX}"), key=os.path.getmtime)[:-MOST_FILES]:
            path.unlink()


def stored_lists(folder: Path, key: Key) -> Lists | None:
    """Return the indexed lists of a key, or None if the folder has none that can be believed."""
    with suppress(OSError, sqlite3.Error):
        for path in sorted(folder.glob(f"{_name(key)}-*{_SUFFIX}")):
            if _is_private(folder) and _is_private(path) and path.name == f"{_name(key)}-{digest(path)}{_SUFFIX}":
                return shelf.read(path)
    return None


def _is_private(path: Path) -> bool:
    """True if a file or folder is this user's, no link, and nobody else may write it."""
    status = path.lstat()
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid == os.geteuid() and not others_write and not stat.S_ISLNK(status.st_mode)


def _name(key: Key) -> str:
    """Return the beginning of a file's name: other lists, other code or other libraries have another."""
    return sha256(f"{key!r} {_code()}".encode()).hexdigest()[:32]


@cache
def _code() -> str:
    """Return the digest of all code that reads lists and scores names, and the versions of the libraries it uses."""
    content = sha256()
    for path in _modules():
        content.update(f"{path.relative_to(_ROOT)}\0".encode() + path.read_bytes() + b"\0")
    libraries = " ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"{content.hexdigest()} {libraries}"


def _modules() -> Iterator[Path]:
    for place in _CODE:
        path = _ROOT / place
        yield from [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.suffix in _TABLES)
