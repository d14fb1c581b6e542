"""The order of a run, so that each of its processes has about as much to do and seldom takes work from another.

xdist gives each process a part of the list, all parts of one length. The tests of a file, which share what they set up,
stay together; files come in an order that has nothing to do with their folders, of which few take most of the time.
What takes long stands at the beginnings of the parts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from zlib import crc32

Test = TypeVar("Test")

TOGETHER = ("tests/adversary/",)
"""Folders whose files share what they set up."""


def together_with(path: str) -> str:
    """The path of what stays together with a test: its file, or a folder whose files share what they set up."""
    return next((folder for folder in TOGETHER if path.startswith(folder)), path.partition("::")[0])


def mixed(tests: Sequence[Test], path_of: Callable[[Test], str]) -> list[Test]:
    """Tests by file, in an order of files that is always the same and goes by no folder."""

    def place(test: Test) -> tuple[int, str]:
        unit = together_with(path_of(test))
        return crc32(unit.encode()), unit

    return sorted(tests, key=place)


def in_parts(long: Sequence[Test], others: Sequence[Test], processes: int) -> Iterator[Test]:
    """What takes long is dealt out to the processes, each of which goes on with its part of the others."""
    left, rest = len(long) + len(others), deque(others)
    for process in range(processes):
        begun = long[process::processes]
        part = left // (processes - process)
        left -= part
        yield from begun
        yield from (rest.popleft() for _ in range(min(max(part - len(begun), 0), len(rest))))
    yield from rest
