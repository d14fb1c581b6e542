"""A small disk: a file system of a stated size in memory, which is filled to its last byte and emptied again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

FILLER: Final = "filler"
BLOCK: Final = 1 << 16


class NoSmallDisk(RuntimeError):
    """A small disk cannot be made here. The message says why."""


class SmallDisk:
    """A folder on a disk of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def free(self) -> int:
        """The bytes that are left."""
        left = os.statvfs(self.folder)
        return left.f_bavail * left.f_frsize

    def fill(self) -> None:
        """Write until nothing more fits."""
        with (self.folder / FILLER).open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(min(BLOCK, max(self.free, 1))))

    def empty(self) -> None:
        """Make room again."""
        (self.folder / FILLER).unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[SmallDisk]:
    """Mount a small disk at a folder until the end.

    Raises:
        NoSmallDisk: Who runs this may not mount one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0700", "accord-drill", str(folder)]
    mounted = subprocess.run(words, capture_output=True, text=True)
    if mounted.returncode:
        raise NoSmallDisk(f"a small disk cannot be mounted here: {mounted.stderr.strip()}; run it as root")
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: a process that was killed may hold a file of it for a moment longer.
        subprocess.run(["umount", "-l", str(folder)], check=True)
