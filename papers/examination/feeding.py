"""Feed a file to a process that reads its input, and read what it answers, within a time and a size."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from contextlib import suppress
from typing import BinaryIO, Final

MOST_ANSWER: Final = 16 * 1024 * 1024
_CHUNK: Final = 1 << 18


async def fed(
    arguments: tuple[str, ...], file: BinaryIO, seconds: float, environment: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Start a process, feed it a file, and return its exit code and its answer. It is ended if it takes too long.

    Raises:
        TimeoutError: It took too long.
        ValueError: It answered too much.
        OSError: It cannot be started.
    """
    process = await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment)
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
    try:
        answer = await asyncio.wait_for(exchange(process.stdout, process.stdin, file), seconds)
        return await process.wait(), answer
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, file: BinaryIO) -> bytes:
    """Feed a file to a stream, and return what comes back until its end.

    Raises:
        ValueError: It is too much.
    """
    _, answer = await asyncio.gather(_feed(writer, file), _answer(reader))
    return answer


async def _feed(writer: asyncio.StreamWriter, file: BinaryIO) -> None:
    file.seek(0)
    with suppress(ConnectionError):  # it may know enough before the end
        while chunk := file.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    answer = bytearray()
    while part := await reader.read(1 << 16):
        answer += part
        if len(answer) > MOST_ANSWER:
            raise ValueError("it answers too much")
    return bytes(answer)
