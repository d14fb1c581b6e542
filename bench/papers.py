"""`python -m bench.papers --count 2000`: papers of 1 MB put, examined and opened, beside a plain copy.

The plain copy reads each file, makes its SHA-256, writes it and flushes it, as a folder of files would at the least.
Both go on in turns in one run, so that other work on the machine meets both. PDF, each with a picture of chance.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import io
import os
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pikepdf
from rich.console import Console
from rich.table import Table

from bench.office import open_office
from papers.keeping import Papers
from papers.store import Store

MEGABYTE: Final = 1_000_000
AT_ONCE: Final = 2
TURN: Final = 50
"""Papers until the other has its turn."""
out = Console(highlight=False, soft_wrap=True)


class Way(NamedTuple):
    """A way to keep papers: how to put one, and how to read it again."""

    name: str
    put: Callable[[Path], Awaitable[bytes]]
    read: Callable[[bytes], Awaitable[int]]


class Seconds(NamedTuple):
    """The seconds that a way took in all."""

    put: float = 0.0
    read: float = 0.0


def paper(size: int = MEGABYTE) -> bytes:
    """Return a PDF of about so many bytes, another each time."""
    document, content = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.pages[0].Resources = pikepdf.Dictionary(X=document.make_stream(os.urandom(size - 1_000)))
    document.save(content, compress_streams=False)
    return content.getvalue()


def kept(papers: Papers) -> Way:
    """Return the product's way: examined, sealed, and opened with a look."""

    async def put(path: Path) -> bytes:
        with path.open("rb") as file:
            return (await papers.put(file, "pia.berg")).digest

    async def read(digest: bytes) -> int:
        return sum([len(part) async for part in papers.open(digest, "pia.berg")])

    return Way("kept as papers", put, read)


def copied(folder: Path) -> Way:
    """Return the plain way: a copy by its SHA-256, flushed."""

    def copy(path: Path) -> bytes:
        content = path.read_bytes()
        digest = hashlib.sha256(content).digest()
        with (folder / digest.hex()).open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
        return digest

    def opened(digest: bytes) -> int:
        content = (folder / digest.hex()).read_bytes()
        assert hashlib.sha256(content).digest() == digest
        return len(content)

    async def put(path: Path) -> bytes:
        return await asyncio.to_thread(copy, path)

    async def read(digest: bytes) -> int:
        return await asyncio.to_thread(opened, digest)

    return Way("plain copy and SHA-256", put, read)


async def together(work: Sequence[Awaitable[bytes]] | Sequence[Awaitable[int]]) -> tuple[float, list[bytes | int]]:
    """Do some work, a few at once, and return the seconds and the answers."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def guarded(one: Awaitable[bytes | int]) -> bytes | int:
        async with gate:
            return await one

    began = time.perf_counter()
    answers = await asyncio.gather(*map(guarded, work))
    return time.perf_counter() - began, list(answers)


def in_turns(files: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """Yield the files, some at a time."""
    for place in range(0, len(files), TURN):
        yield files[place : place + TURN]


async def measure(ways: Sequence[Way], files: Sequence[Path]) -> dict[str, Seconds]:
    """Put and read all files by each way, in turns."""
    seconds = {way.name: Seconds() for way in ways}
    for turn, some in enumerate(in_turns(files)):
        for way in ways if turn % 2 else reversed(ways):
            putting, digests = await together([way.put(path) for path in some])
            reading, _ = await together([way.read(digest) for digest in digests if isinstance(digest, bytes)])
            before = seconds[way.name]
            seconds[way.name] = Seconds(before.put + putting, before.read + reading)
    return seconds


async def run(count: int) -> None:
    """Print megabytes a second, and the memory of this process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("source", "plain"):
            (folder / part).mkdir()
        files = [folder / "source" / str(number) for number in range(count)]
        for path in files:
            path.write_bytes(paper())
        async with open_office(folder / "office", sample_registers=False) as office:
            papers = Papers(office.desk.pool, Store(str(folder / "papers")))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            seconds = await measure((kept(papers), copied(folder / "plain")), files)
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table = Table(title=f"{count} papers of 1 MB, {AT_ONCE} at once: MB a second")
    for head in ("", "put", "opened"):
        table.add_column(head, justify="right" if head else "left")
    for way, took in seconds.items():
        table.add_row(way, f"{count / took.put:.1f}", f"{count / took.read:.1f}")
    out.print(table)
    out.print(f"Memory of this process at most: {before / 1024:.0f} MB before, {after / 1024:.0f} MB after.")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    out.print(f"Of the largest child, which may be a database's: {children:.0f} MB.")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    asyncio.run(run(parser.parse_args().count))


if __name__ == "__main__":
    main()
