"""The malware scanner, where one is set: a command that reads the paper, or clamd by its own protocol. It fails closed.

A command reads the paper from its input and ends with 0 (clean) or 1 (found), as clamscan does. Whatever else it does
is a failure. Clamd is asked by INSTREAM (clamd(8)): `clamd://HOST:PORT`, or `clamd:///path/of/its/socket`.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import urlsplit

from papers.examination.feeding import fed
from papers.examination.findings import Scan

SECONDS: Final = 60
_CHUNK: Final = 1 << 20


class ScanResult(NamedTuple):
    """A scanner's word on a paper."""

    scan: Scan
    words: str = ""


async def scanned(file: BinaryIO, scanner: str) -> ScanResult:
    """Return a scanner's word on a file. `scanner`: a command, clamd's address, or '' for none."""
    if not scanner:
        return ScanResult(Scan.NONE)
    asking = _by_clamd(file, scanner) if scanner.startswith("clamd:") else _by_command(file, scanner)
    return await _within_time(asking)


async def _within_time(asking: Awaitable[ScanResult]) -> ScanResult:
    try:
        return await asyncio.wait_for(asking, SECONDS)
    except (OSError, ValueError, TimeoutError, EOFError) as fault:
        return ScanResult(Scan.FAILED, f"the scanner did not answer ({type(fault).__name__})")


async def _by_command(file: BinaryIO, command: str) -> ScanResult:
    code, answer = await fed(tuple(shlex.split(command)), file, SECONDS)
    if code == 0:
        return ScanResult(Scan.CLEAN)
    if code == 1:
        return ScanResult(Scan.FOUND, _first_line(answer) or "the scanner found something")
    return ScanResult(Scan.FAILED, f"the scanner ended with {code}")


async def _by_clamd(file: BinaryIO, address: str) -> ScanResult:
    reader, writer = await _connected(address)
    try:
        file.seek(0)
        writer.write(b"zINSTREAM\0")
        while chunk := file.read(_CHUNK):
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
        answer = (await reader.readuntil(b"\0")).decode("utf-8", "replace").strip("\0 \n")
    finally:
        writer.close()
    if answer == "stream: OK":
        return ScanResult(Scan.CLEAN)
    if answer.endswith(" FOUND"):
        return ScanResult(Scan.FOUND, answer.removeprefix("stream: ").removesuffix(" FOUND")[:200])
    return ScanResult(Scan.FAILED, f"the scanner answered: {answer[:100]}")


async def _connected(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(address)
    if parts.hostname:
        return await asyncio.open_connection(parts.hostname, parts.port or 3310)
    return await asyncio.open_unix_connection(parts.path)


def _first_line(answer: bytes) -> str:
    return next(iter(answer.decode("utf-8", "replace").strip().splitlines()), "")[:200]
