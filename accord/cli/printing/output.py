"""The streams of results and faults: tables for people, JSON for machines, each on its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.cli.printing.fitting import Heading, fitted
from accord.presentation.faults import Failure

PIPE_WIDTH = 160
"""The width in columns if there is no terminal and COLUMNS does not say it, so that piped tables are not cut."""

out = Console(highlight=False, width=None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH)
"""The console for results, on standard output."""

err = Console(stderr=True, highlight=False)
"""The console for faults and progress, on standard error, so that results can be piped."""


def print_json(value: Any) -> None:
    """Print a value as indented JSON, without colours or line wrapping."""
    if out.is_terminal:
        return out.print_json(json.dumps(plain(value)), highlight=False)
    # Piece by piece: the text of thousands of rows would take several times its length in memory.
    sys.stdout.writelines(json.JSONEncoder(indent=2, default=plain).iterencode(_without_rows(value)))
    return print()  # noqa: T201


def _without_rows(value: Any) -> Any:
    """Return a value as JSON tells it, but for rows of models at its top: each is told when its turn comes."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        return plain(value)
    return {name: content if _are_models(content) else plain(content) for name, content in value.items()}


def _are_models(content: Any) -> bool:
    return isinstance(content, tuple | list) and all(isinstance(entry, BaseModel) for entry in content)


def plain(value: Any) -> Any:
    """Return a value as JSON tells it: models as objects, times as ISO 8601, sums as text."""
    return to_jsonable_python(value)


def rows_table(columns: Sequence[str | Heading], rows: Iterable[Sequence[object]], title: str = "") -> Table:
    """Return a table that keeps to the width. Markup in the cells is shown as it is written."""
    headings = [column if isinstance(column, Heading) else Heading(column) for column in columns]
    return fitted(headings, ([Text(str(cell)) for cell in row] for row in rows), out.width, title)


def fault_as_json(fault: Failure) -> dict[str, Any]:
    """Return a fault as JSON tells it."""
    kind = getattr(fault, "kind", "") or type(fault).__name__
    return {"kind": kind, "message": str(fault), "exit_code": int(fault.exit_code)}
