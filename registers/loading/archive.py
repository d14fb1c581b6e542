"""The archive: every file ever loaded, stored under its SHA-256, so that evidence can be recomputed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from registers.loading.texts import UnreadableFile, digest


class ArchiveUnwritable(RuntimeError):
    """A file could not be stored. The message names the archive, the fault and the remedy. Nothing of it is left."""


class Archived(NamedTuple):
    """A file in the archive: its original name and its digest."""

    name: str
    sha256: str


class Archive:
    """A content-addressed folder, whose files are never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, path: Path) -> Archived:
        """Store a file unless it is there already, or replace an altered copy. Return its name and digest.

        Raises:
            ArchiveUnwritable: The archive's disk is full, or cannot be written.
        """
        sha256 = digest(path)
        place = self._place(sha256)
        if not place.exists() or digest(place) != sha256:
            self._store(path, place)
        return Archived(path.name, sha256)

    def _store(self, path: Path, place: Path) -> None:
        part = place.with_suffix(f".{uuid4().hex}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part)
            part.replace(place)
        except OSError as fault:
            part.unlink(missing_ok=True)
            reason = f"{path.name} cannot be kept in the archive {self._folder} ({fault.strerror})"
            raise ArchiveUnwritable(f"{reason}: make room there, or become its owner, and load it again") from fault

    def open(self, file: Archived) -> Path:
        """Return the path of an archived file, after checking its digest.

        Raises:
            UnreadableFile: The file is not in the archive or was altered.
        """
        place = self._place(file.sha256)
        if not place.exists():
            raise UnreadableFile(f"{file.name} ({file.sha256[:16]}) is not in the archive {self._folder}")
        if digest(place) != file.sha256:
            raise UnreadableFile(f"{file.name} ({file.sha256[:16]}) was changed in the archive; restore it")
        return place

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
