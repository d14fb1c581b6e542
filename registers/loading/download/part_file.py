"""A file while it comes: under a name of its own until it is complete."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final, Self
from uuid import uuid4

_BEGINNING: Final = 1024
"""Bytes at the start of a file that are searched for the tag of a web page."""


class PartFile:
    """A temporary file beside the final one. `keep` gives it the final name, and otherwise it is removed on exit."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._final, self._path = folder / name, folder / f".{name}.{uuid4().hex}.part"
        self._file = self._path.open("xb")
        self._digest = hashlib.sha256()
        self.size = 0
        self.beginning = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        try:
            self._file.close()
        finally:
            self._path.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        """The digest of what was written so far."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        """Append a piece."""
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)
        self.beginning += piece[: _BEGINNING - len(self.beginning)]

    def keep(self) -> Path:
        """Flush the file to disk (fsync), then give it its final name and return that path."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._path.replace(self._final)
