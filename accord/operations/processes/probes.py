"""The answers of a process to its orchestrator: whether it lives, and whether it is ready for work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

Check = Callable[[], Awaitable[str]]
"""Returns the missing thing in words, or ''."""

PATIENCE: Final = 5.0
"""Seconds for all checks: an orchestrator asks every ten."""
_HEAD: Final = "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"


class CannotListen(OSError):
    """Nobody can listen at the address: another process does, or it is not of this machine."""


@asynccontextmanager
async def probes(host: str, port: int, checks: Mapping[str, Check]) -> AsyncIterator[None]:
    """Answer GET /live and GET /ready. A process that answers /live at all lives: its event loop does.

    Raises:
        CannotListen: Nobody can.
    """
    try:
        server = await asyncio.start_server(lambda reader, writer: _answer(reader, writer, checks), host, port)
    except OSError as fault:
        raise CannotListen(f"{host}:{port} cannot be listened at: {fault.strerror}") from fault
    async with server:
        yield


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, checks: Mapping[str, Check]) -> None:
    try:
        request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        status, answer = await _said(request.split(b" ", 2)[1].decode("ascii", "replace"), checks)
        content = f"{answer}\n".encode()
        writer.write(_HEAD.format(status=status, length=len(content)).encode("ascii") + content)
        await writer.drain()
    except (TimeoutError, OSError, IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # whoever current_checks said nothing that can be answered, or went away
    finally:
        writer.close()


async def _said(path: str, checks: Mapping[str, Check]) -> tuple[str, str]:
    match path:
        case "/live":
            return "200 OK", "lives"
        case "/ready":
            missing = await failing(checks)
            return ("503 Service Unavailable", "; ".join(missing)) if missing else ("200 OK", "ready")
        case _:
            return "404 Not Found", "ask /live or /ready"


async def failing(checks: Mapping[str, Check]) -> list[str]:
    """Return the missing things in words, each with the name of its check."""
    current_checks = dict(checks)
    faults = await asyncio.gather(*map(_one, current_checks.values()))
    return [f"{name}: {fault}" for name, fault in zip(current_checks, faults, strict=True) if fault]


async def _one(check: Check) -> str:
    try:
        return await asyncio.wait_for(check(), PATIENCE)
    except TimeoutError:
        return f"no answer within {PATIENCE:.0f} seconds"
    except Exception as fault:
        return type(fault).__name__
