"""The child that looks into a paper: it reads it from its input, answers on its output, and can do nothing else.

It is a process of its own with an empty environment. What it needs is imported first. Then, before it has read a byte
of the paper, it gives up the network (a namespace without one, where the system permits) and every further file,
socket and process.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys
from importlib import import_module
from typing import Any, Final

from papers.examination.findings import Content
from papers.kinds import PaperKind

CPU_SECONDS: Final = 20
MEMORY: Final = 512 * 1024 * 1024
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES: Final = 38
_LIMITS: Final = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_NOFILE, 3),
)
"""No file is written, and beside the three open streams nothing is opened, a socket neither."""
_LOOKS: Final = {PaperKind.PDF: "pdfs", PaperKind.PNG: "pictures", PaperKind.JPEG: "pictures"}
_SHOWS: Final = {PaperKind.PDF: "pages", PaperKind.PNG: "pictures", PaperKind.JPEG: "pictures"}
"""The modules that read a kind of paper. The others are archives and text."""


def confine() -> str:
    """Give up all but processor, memory and the open streams. Return in words how the network is gone."""
    apart = False
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        apart = libc.unshare(_NEW_USER | _NEW_NETWORK) == 0
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for limit, most in _LIMITS:
        resource.setrlimit(limit, (most, most))
    return "a namespace without a network" if apart else "no further file or socket"


def _reader(task: str, kind: PaperKind) -> Any:
    """Import all that a task needs, since nothing can be imported later."""
    if task == "look":
        return import_module(f"papers.examination.{_LOOKS.get(kind, 'archives')}")
    if kind is PaperKind.XLSX:
        import_module("openpyxl.reader.excel")
    return import_module(f"papers.examination.{_SHOWS.get(kind, 'cells')}")


def _looked(reader: Any, kind: PaperKind, content: bytes) -> Content:
    if kind in {PaperKind.CSV, PaperKind.TXT}:
        return Content(pages=1)
    try:
        return Content(*reader.look(content))
    except Exception as fault:  # what breaks a reader is reason enough to open nothing
        return Content(failed=f"it could not be read to its end ({type(fault).__name__})")


def main() -> None:
    """Do the task of the arguments: `look KIND` or `show KIND PAGE`."""
    task, kind = sys.argv[1], PaperKind(sys.argv[2])
    reader = _reader(task, kind)
    network = confine()
    content = sys.stdin.buffer.read()
    if task == "look":
        answer = json.dumps({**_looked(reader, kind, content)._asdict(), "network": network}).encode()
    elif kind in _SHOWS:
        answer = reader.show(content, int(sys.argv[3]))
    else:
        answer = reader.show(kind, content)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
