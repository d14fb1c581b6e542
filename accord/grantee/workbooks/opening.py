"""Open a workbook from outside: a child of its own reads it, which can do nothing else, and the door gets its cells."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from accord.grantee.workbooks.cells import OpenedCell
from papers.examination.children import NoAnswer, answer_of

MOST_BYTES: Final = 10 * 1024 * 1024
"""The largest workbook that is read."""
AT_ONCE: Final = 1
"""The workbooks that are read at the same time, each by a child with a core for eight seconds at most."""
PATIENCE: Final = 20.0
"""Seconds for which somebody waits for their turn, before they are asked to come again."""
_FAULTS: Final[Mapping[str, str]] = {
    "LARGE": "workbook.large",
    "MACRO": "workbook.macro",
    "LINKS": "workbook.links",
    "BROKEN": "workbook.broken",
}


class MergedRange(NamedTuple):
    """A range of cells that were merged, in words and by its corners, counted from 1."""

    words: str
    left: int
    top: int
    right: int
    bottom: int

    def holds(self, row: int, column: int) -> bool:
        """True if a cell lies in it."""
        return self.left <= column <= self.right and self.top <= row <= self.bottom


class OpenedSheet(NamedTuple):
    """A sheet as the child read it."""

    cells: Mapping[tuple[int, int], OpenedCell]
    """By row and column, counted from 1: those that hold anything."""
    ranges: tuple[MergedRange, ...]
    """Its merged ranges."""
    is_hidden: bool

    def merged_at(self, row: int, column: int) -> str:
        """Return the merged range in which a cell lies, or ''."""
        return next((part.words for part in self.ranges if part.holds(row, column)), "")

    def text(self, row: int, column: int) -> str:
        """Return the words in a cell on one line, or ''."""
        cell = self.cells.get((row, column))
        return " ".join(cell.text.split()) if cell is not None else ""


class WorkbookRefused(Exception):
    """Nothing is taken from a workbook. `key`: the words that say why."""

    def __init__(self, key: str, **facts: Any) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


class WorkbookOpener:
    """Opens workbooks, one at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def opened(self, content: bytes) -> Mapping[str, OpenedSheet]:
        """Return the sheets of a workbook by their titles.

        Raises:
            WorkbookRefused: It is none, or none of a form, or others are read for long.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turn.acquire()
        except TimeoutError:
            raise WorkbookRefused("workbook.busy") from None
        try:
            answer = await answer_of(io.BytesIO(content), "form", "XLSX")
        except NoAnswer:
            raise WorkbookRefused("workbook.broken") from None
        finally:
            self._turn.release()
        return sheets_in(answer)


def sheets_in(answer: bytes) -> Mapping[str, OpenedSheet]:
    """Return the sheets of a workbook as a child answered. It may have been taken over: nothing of it is believed.

    Raises:
        WorkbookRefused: The child read none, or its answer has another form.
    """
    try:
        content = json.loads(answer)
        fault, sheets = str(content["fault"]), {str(sheet["title"]): _sheet(sheet) for sheet in content["sheets"]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise WorkbookRefused("workbook.broken") from None
    if fault:
        raise WorkbookRefused(_FAULTS.get(fault, "workbook.broken"))
    return sheets


def _sheet(answer: Mapping[str, Any]) -> OpenedSheet:
    cells = {(int(row), int(column)): OpenedCell(str(kind), str(text)) for row, column, kind, text in answer["cells"]}
    ranges = tuple(_range(*corners) for corners in answer["merged"])
    return OpenedSheet(cells, ranges, bool(answer["hidden"]))


def _range(words: Any, left: Any, top: Any, right: Any, bottom: Any) -> MergedRange:
    return MergedRange(str(words), int(left), int(top), int(right), int(bottom))
