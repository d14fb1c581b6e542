"""The process that seals: it alone reads the house's key, has no database, and answers on a socket in the file system.

Whoever may open the socket may have a letter sealed. Nobody gets the key from it, and what it sealed is nothing that
anybody decided: only what is recorded in the ledger was issued.
"""

from __future__ import annotations

import asyncio
import os
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from pathlib import Path
from typing import Final

from accord.letters.rendering import MOST_BYTES
from accord.letters.sealing import HouseKey, SealRefused, sealed

SECONDS: Final = 30
_SEALED, _REFUSED = b"\0", b"\1"


async def serve(socket: Path, house: HouseKey, authority: str = "") -> asyncio.Server:
    """Return a server that seals what comes to a socket. Only its own user and group may open the socket."""

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            await asyncio.wait_for(_answer(reader, writer, house, authority), SECONDS)
        writer.close()

    await asyncio.to_thread(socket.unlink, missing_ok=True)
    server = await asyncio.start_unix_server(answer, path=socket)
    os.chmod(socket, 0o660)  # noqa: PTH101 - the group is that of who may have letters sealed
    return server


async def _answer(reader: StreamReader, writer: StreamWriter, house: HouseKey, authority: str) -> None:
    pdf = await _read(reader)
    try:
        if not pdf.startswith(b"%PDF-"):
            raise SealRefused("it is no PDF of a letter, or too large")
        kind, content = _SEALED, await sealed(pdf, house, authority)
    except SealRefused as fault:
        kind, content = _REFUSED, str(fault).encode()
    writer.write(kind + len(content).to_bytes(4, "big") + content)
    await writer.drain()


async def _read(reader: StreamReader) -> bytes:
    size = int.from_bytes(await reader.readexactly(4), "big")
    return await reader.readexactly(size) if size <= 2 * MOST_BYTES else b""


async def ask_seal(pdf: bytes, socket: Path) -> bytes:
    """Return a letter sealed by the process at a socket.

    Raises:
        SealRefused: It does not answer, or refuses; the message says why.
    """
    try:
        return await asyncio.wait_for(_asked(pdf, socket), SECONDS)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
        why = type(fault).__name__
        raise SealRefused(f"nothing seals letters at {socket} ({why}); start `accord letters sealer`") from None


async def _asked(pdf: bytes, socket: Path) -> bytes:
    reader, writer = await asyncio.open_unix_connection(socket)
    try:
        writer.write(len(pdf).to_bytes(4, "big") + pdf)
        await writer.drain()
        kind = await reader.readexactly(1)
        content = await _read(reader)
    finally:
        writer.close()
    if kind != _SEALED:
        raise SealRefused(content.decode("utf-8", "replace")[:500])
    return content
