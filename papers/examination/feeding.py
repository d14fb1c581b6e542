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
    try:
        _, answer = await asyncio.wait_for(asyncio.gather(_feed(process.stdin, file), _answer(process.stdout)), seconds)
        return await process.wait(), answer
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _feed(stdin: asyncio.StreamWriter | None, file: BinaryIO) -> None:
    if stdin is None:
        return
    file.seek(0)
    with suppress(ConnectionError):  # it may know enough before the end
        while chunk := file.read(_CHUNK):
            stdin.write(chunk)
            await stdin.drain()
        stdin.close()


async def _answer(stdout: asyncio.StreamReader | None) -> bytes:
    answer = bytearray()
    while stdout is not None and (part := await stdout.read(1 << 16)):
        answer += part
        if len(answer) > MOST_ANSWER:
            raise ValueError("it answers too much")
    return bytes(answer)
