"""Examine a paper: start the child on it, ask the scanner, and say what is known."""

from __future__ import annotations

import json
import os
import sys
from typing import BinaryIO, Final

from papers.examination.feeding import fed
from papers.examination.findings import Content, Examined, judged
from papers.examination.scanner import scanned
from papers.kinds import PaperKind, PaperRefused

SECONDS: Final = 40
"""The time that a child may take, also where it waits for a processor."""


class PreviewFailed(RuntimeError):
    """No picture can be made of a page."""


async def examine(file: BinaryIO, kind: PaperKind, scanner: str) -> Examined:
    """Return the verdict on a file of a kind. `scanner`: see `scanned`.

    Raises:
        PaperRefused: It is encrypted, or cannot be read as what it seems to be.
    """
    content = await _content(file, kind)
    if content.refused:
        raise PaperRefused(content.refused)
    result = await scanned(file, scanner)
    return judged(content, result.scan, result.words)


async def preview(file: BinaryIO, kind: PaperKind, page: int) -> bytes:
    """Return a page of a paper as PNG, or its cells or lines as JSON (`cells.py`).

    Raises:
        PreviewFailed: None can be made.
    """
    code, answer = await _child(file, "show", kind, str(page))
    if code or not answer:
        raise PreviewFailed(f"no picture of page {page} can be made")
    return answer


async def _content(file: BinaryIO, kind: PaperKind) -> Content:
    code, answer = await _child(file, "look", kind)
    if code:
        return Content(failed=f"the examination ended with {code}")
    try:
        fields = json.loads(answer)
        words = (str(fields["refused"]), str(fields["failed"]))
        return Content(int(fields["pages"]), tuple(map(str, fields["active"])), *words)
    except (ValueError, KeyError, TypeError) as fault:
        return Content(failed=f"the examination answered nothing that is one ({type(fault).__name__})")


async def _child(file: BinaryIO, *arguments: str) -> tuple[int, bytes]:
    """Run the child on a file, and return its exit code (-1 if it took too long or said too much) and its answer."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    command = (sys.executable, "-m", "papers.examination.child", *arguments)
    try:
        return await fed(command, file, SECONDS, environment)
    except (TimeoutError, ValueError):
        return -1, b""
