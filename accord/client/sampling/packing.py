"""Pack a sample's files: into a new folder, or into a zip that is sent while it is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from accord.client.sampling.files import SampleFile
from accord.presentation.faults import BadInput

_READABLE: Final = 0o644 << 16


class _Outflow:
    """The end of a zip that is not sent yet. Nothing turns it back, so that nothing before it is kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, content: bytes) -> int:
        """Take a part."""
        self._parts.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Do nothing: each part is sent by whoever drains it."""

    def drained(self) -> bytes:
        """Return the parts since the last time."""
        content = b"".join(self._parts)
        self._parts.clear()
        return content


async def zipped(files: AsyncIterator[SampleFile], folder: str) -> AsyncIterator[bytes]:
    """Yield a zip of files below a folder. No more of it is held at once than a part of one file.

    The same files are the same bytes. Papers are mostly compressed, so that they are stored as they are.
    """
    outflow = _Outflow()
    with ZipFile(outflow, "w") as archive:  # type: ignore[call-overload]
        async for file in files:
            entry = ZipInfo(f"{folder}/{file.name}")
            entry.external_attr = _READABLE
            entry.compress_type = ZIP_STORED if "/papers/" in file.name else ZIP_DEFLATED
            with archive.open(entry, "w") as entry_file:
                for part in file.parts:
                    entry_file.write(part)
                    if content := outflow.drained():
                        yield content
    yield outflow.drained()


async def written(files: AsyncIterator[SampleFile], folder: Path) -> None:
    """Write files into a new folder.

    Raises:
        BadInput: The folder is there already, or cannot be written.
    """
    _make(folder)
    async for file in files:
        _write(folder, file)


def _make(folder: Path) -> None:
    with _faults_of(folder):
        folder.mkdir(parents=True)


def _write(folder: Path, file: SampleFile) -> None:
    target = folder / file.name
    with _faults_of(folder):
        target.parent.mkdir(exist_ok=True, parents=True)
        with target.open("xb") as target_file:
            target_file.writelines(file.parts)


@contextmanager
def _faults_of(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as fault:
        raise BadInput(f"--out: {fault.filename} is there already; name another folder") from None
    except OSError as fault:
        raise BadInput(f"--out: {folder} cannot be written: {fault.strerror}") from None
