"""The child that looks into a paper: it reads it from its input, answers on its output, and can do nothing else.

It begins as a copy of the nursery (`nursery.py`), which holds no key and has read no paper. Before it has read a byte
of its own paper it gives up every further file, socket and process, and most of the processor and of the memory.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import sys
from importlib import import_module
from typing import Any, Final

from papers.examination.findings import Content
from papers.kinds import PaperKind

CPU_SECONDS: Final = 20
FORM_SECONDS: Final = 8
"""The same for a form that a grantee filled in: it is small, and others wait for their turn."""
MEMORY: Final = 512 * 1024 * 1024
HEAD: Final = 8
"""Bytes before an answer that say its length: one that broke off is none."""
_NO_NEW_PRIVILEGES, _NOT_TO_BE_READ = 38, 4
_LIMITS: Final = (
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


def confine(cpu_seconds: int = CPU_SECONDS) -> None:
    """Give up all but processor, memory and the open streams. No other process of this user reads its memory."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    forbid_reading()
    for limit, most in ((resource.RLIMIT_CPU, cpu_seconds), *_LIMITS):
        resource.setrlimit(limit, (most, most))


def forbid_reading() -> None:
    """Keep this process's memory from the other processes of its user, and from a dump of it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_NOT_TO_BE_READ, 0, 0, 0, 0)


def reader_of(task: str, kind: PaperKind) -> Any:
    """Import all that a task needs, since nothing can be imported later."""
    if task == "look":
        return import_module(f"papers.examination.{_LOOKS.get(kind, 'archives')}")
    if task == "read" and kind is PaperKind.PDF:
        return import_module("papers.examination.texts")
    if task == "form":
        return import_module("papers.examination.workbooks")
    if kind is PaperKind.XLSX:
        import_module("openpyxl.reader.excel")
    return import_module(f"papers.examination.{_SHOWS.get(kind, 'cells')}")


def answer(task: str, kind: PaperKind, page: int, reader: Any) -> bytes:
    """Give up what can be given up, do the task on the paper at the input, and return the answer."""
    confine(FORM_SECONDS if task == "form" else CPU_SECONDS)
    content = io.FileIO(0, closefd=False).readall() or b""
    if task == "look":
        return json.dumps(_looked(reader, kind, content)._asdict()).encode()
    if task == "read" and kind is PaperKind.PDF:
        text: bytes = reader.read(content)
        return text
    if task == "form":
        cells: bytes = reader.cells_in(content)
        return cells
    shown: bytes = reader.show(content, page) if kind in _SHOWS else reader.show(kind, content)
    return shown


def _looked(reader: Any, kind: PaperKind, content: bytes) -> Content:
    try:
        if kind in {PaperKind.CSV, PaperKind.TXT}:
            return Content(*(reader.look_at_text(content) if kind is PaperKind.CSV else Content(pages=1)))
        return Content(*reader.look(content))
    except Exception as fault:  # what breaks a reader is reason enough to open nothing
        return Content(failed=f"it could not be read to its end ({type(fault).__name__})")


def say(content: bytes) -> None:
    """Write an answer to the output, with its length before it."""
    rest = memoryview(len(content).to_bytes(HEAD, "big") + content)
    while rest:
        rest = rest[os.write(1, rest) :]
