"""The memory of processes with their children: what is shared counts once, in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

import psutil

MIB: Final = 1024 * 1024


def memory_of(pids: Mapping[str, int]) -> dict[str, float]:
    """Return the MiB of each process, its children included, by name."""
    return {name: sum(map(_proportional, _family(pid))) / MIB for name, pid in pids.items()}


def _family(pid: int) -> Iterable[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return (process, *process.children(recursive=True))
    except psutil.NoSuchProcess:
        return ()


def _proportional(process: psutil.Process) -> int:
    """Return the proportional set size: a page that several processes share is a part of each."""
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_full_info().pss)
    return 0
