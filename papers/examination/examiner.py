"""Examine a paper: hand it to a child, ask the scanner, and say what is known."""

from __future__ import annotations

import json
from typing import BinaryIO

from papers.examination.children import NoAnswer, answer_of
from papers.examination.findings import Content, Examined, judged
from papers.examination.scanner import scanned
from papers.kinds import PaperKind, PaperRefused


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
    try:
        return await answer_of(file, "show", kind, page)
    except NoAnswer as fault:
        raise PreviewFailed(f"no picture of page {page} can be made: {fault}") from fault


async def text_of(file: BinaryIO, kind: PaperKind) -> str:
    """Return the text of a paper as far as it has one and can be read: of a picture, nothing."""
    if kind in {PaperKind.PNG, PaperKind.JPEG}:
        return ""
    try:
        content = json.loads(await answer_of(file, "read" if kind is PaperKind.PDF else "show", kind))
    except (NoAnswer, ValueError):
        return ""
    rows = content.get("rows", ())
    return "\n".join([*map(str, content.get("lines", ())), *("\n".join(map(str, row)) for row in rows)])


async def _content(file: BinaryIO, kind: PaperKind) -> Content:
    try:
        fields = json.loads(await answer_of(file, "look", kind))
        words = (str(fields["refused"]), str(fields["failed"]))
        return Content(int(fields["pages"]), tuple(map(str, fields["active"])), *words)
    except NoAnswer as fault:
        return Content(failed=f"the examination gave no answer: {fault}")
    except (ValueError, KeyError, TypeError) as fault:
        return Content(failed=f"the examination answered nothing that is one ({type(fault).__name__})")
