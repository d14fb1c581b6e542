"""The nursery: a process that has read nothing, from which a child begins for each paper.

It is started as a process of its own with an empty environment, so no key and no paper is in its memory, and none comes
there: it reads orders of a few letters, imports the reader that one needs, and forks. It lives apart, where the system
permits: without a network, and among no other processes than its children, which can neither end nor read it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import select
import socket
import sys
import time
from signal import SIGKILL
from typing import Final

from papers.examination.child import answer, forbid_reading, reader_of, say
from papers.kinds import PaperKind

ORDER: Final = 32
"""Bytes of an order: a task, a kind of paper and a page, and spaces after them."""
SECONDS: Final = 40
"""The time that a child may take, also where it waits for a processor."""
_NEW_USER, _NEW_NETWORK, _NEW_PROCESSES = 0x10000000, 0x40000000, 0x20000000
_ENDS_WITH_PARENT = 1
_MOST_OPEN: Final = 256


def live_apart() -> str:
    """Leave the network and the other processes, where the system permits. Return in words what was left.

    The process goes on as the first of its own world. The one that was started waits for its end.
    """
    if sys.platform != "linux":
        return ""
    libc = ctypes.CDLL(None)
    if libc.unshare(_NEW_USER | _NEW_NETWORK | _NEW_PROCESSES):
        return "" if libc.unshare(_NEW_USER | _NEW_NETWORK) else "the network"
    if first := os.fork():
        os._exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]) & 0xFF)
    libc.prctl(_ENDS_WITH_PARENT, SIGKILL, 0, 0, 0)
    return "the network and the other processes"


def main() -> None:
    """Begin a child for each order that comes, until whoever ordered is gone and the last child has ended."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_OPEN, _MOST_OPEN))
    live_apart()
    forbid_reading()
    orders, ends, is_open = socket.socket(fileno=os.dup(0)), dict[int, float](), True
    while is_open or ends:
        if select.select([orders] if is_open else [], [], [], 1 if ends else None)[0]:
            order, streams, _, _ = socket.recv_fds(orders, ORDER, 1)
            if is_open := bool(order):
                ends[_child_of(order.decode(), streams[0])] = time.monotonic() + SECONDS
        _reap(ends)


def _child_of(order: str, stream: int) -> int:
    """Begin a child on an order, with its stream as its input and its output, and return its number."""
    task, kind, page = order.split()
    reader = reader_of(task, PaperKind(kind))
    if child := os.fork():
        os.close(stream)
        return child
    try:
        os.dup2(stream, 0)
        os.dup2(stream, 1)
        os.closerange(3, _MOST_OPEN)
        say(answer(task, PaperKind(kind), int(page), reader))
    finally:
        os._exit(0)  # also after a fault: whoever ordered sees that there is no answer


def _reap(ends: dict[int, float]) -> None:
    """Forget the children that ended, and end those whose time is over."""
    now = time.monotonic()
    for child, end in list(ends.items()):
        if os.waitpid(child, os.WNOHANG)[0]:
            del ends[child]
        elif now > end:
            os.kill(child, SIGKILL)


if __name__ == "__main__":
    main()
