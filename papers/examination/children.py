"""Children of the nursery: one for each paper, asked and answered through a stream of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from subprocess import DEVNULL
from typing import BinaryIO, Final

from papers.examination.child import HEAD
from papers.examination.feeding import exchange
from papers.examination.nursery import ORDER, SECONDS

MOST_CHILDREN: Final = 200
"""The children of one nursery. The next has another layout of its memory."""
_guard: Final = threading.Lock()


class NoAnswer(RuntimeError):
    """A child was ended, or took too long, or said too much. The message says which."""


class Nursery:
    """The process from which children begin, as whoever orders them sees it."""

    def __init__(self) -> None:
        """Start it. It ends once this process does."""
        self._orders, theirs = socket.socketpair()
        environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
        command = (sys.executable, "-m", "papers.examination.nursery")
        with theirs:
            self.process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=DEVNULL, stderr=DEVNULL, env=environment
            )
        self._count = 0

    @property
    def is_spent(self) -> bool:
        """True if another is to be started: it ended, or had its children."""
        return self._count >= MOST_CHILDREN or self.process.poll() is not None

    def child(self, order: str) -> socket.socket:
        """Begin a child, and return the stream by which it is asked and answers."""
        ours, its_own = socket.socketpair()
        with its_own:
            socket.send_fds(self._orders, [order.encode().ljust(ORDER)], [its_own.fileno()])
        self._count += 1
        return ours

    def leave(self) -> None:
        """Order no more of it. It ends after its last child."""
        self._orders.close()
        threading.Thread(target=self.process.wait, daemon=True).start()


_nurseries: Final[list[Nursery]] = []
"""The one of this process, once there is one."""


def _nursery() -> Nursery:
    if _nurseries and _nurseries[0].is_spent:
        _nurseries.pop().leave()
    if not _nurseries:
        _nurseries.append(Nursery())
    return _nurseries[0]


def _child(order: str) -> socket.socket:
    with _guard:
        with suppress(ConnectionError):  # it ended a moment ago: another is started
            return _nursery().child(order)
        return _nursery().child(order)


async def answer_of(file: BinaryIO, task: str, kind: str, page: int = 1) -> bytes:
    """Hand a file to a child of its own, and return the answer.

    Raises:
        NoAnswer: There is none.
    """
    stream = _child(f"{task} {kind} {page}")
    stream.setblocking(False)
    reader, writer = await asyncio.open_unix_connection(sock=stream)
    try:
        answer = await asyncio.wait_for(exchange(reader, writer, file), SECONDS)
    except TimeoutError:
        raise NoAnswer(f"it took more than {SECONDS} seconds") from None
    except (ConnectionError, ValueError) as fault:
        raise NoAnswer(str(fault) or "it broke off") from None
    finally:
        writer.close()
    if len(answer) < HEAD or len(answer) != HEAD + int.from_bytes(answer[:HEAD], "big"):
        raise NoAnswer("it broke off")
    return answer[HEAD:]
