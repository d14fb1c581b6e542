"""The clock of a quarter in public: figures, every line, the checkpoint, and a page, in one folder."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from accord.client.pace.pages import quarter_page
from accord.client.pace.reading import QuarterLines
from accord.presentation.faults import BadInput
from domain.partnership.pace.quarters import CaseLine, WaitFigures, figures_of
from domain.values import Moment, Sha256, Value
from ledger.tree import root_of

FIGURES: Final = "figures.json"
LINES: Final = "lines.json"
PAGE: Final = "index.html"
LOG_KEY: Final = "ledger.pub"
MOST_BYTES: Final = 256 * 1024 * 1024
_LINES: Final = TypeAdapter(tuple[CaseLine, ...])


class PublicFigures(Value):
    """The figures of a quarter, with what binds them to the signed ledger and to every line."""

    model_config = ConfigDict(str_strip_whitespace=False)  # a signed note ends with a line break
    form: Literal["accord.clock.1"] = "accord.clock.1"
    quarter: Annotated[str, Field(pattern=r"^20\d\dQ[1-4]$")]
    until: Moment
    """The end of the quarter or, before it, the time of the last event that counts."""
    size: int
    """The first events of the ledger that count: those of the checkpoint."""
    cases: int
    root: Sha256
    """The Merkle root (RFC 6962, section 2.1) over the lines, in the order of their digests."""
    waits: tuple[WaitFigures, ...]
    checkpoint: str
    """The signed note over the ledger's first events."""


def public_figures(lines: QuarterLines, note: str) -> PublicFigures:
    """Return the figures of a quarter under a checkpoint."""
    return PublicFigures(
        quarter=str(lines.quarter),
        until=lines.until,
        size=lines.size,
        cases=len(lines.lines),
        root=root_over(lines.lines),
        waits=figures_of(lines.lines),
        checkpoint=note,
    )


def root_over(lines: tuple[CaseLine, ...]) -> str:
    """Return the Merkle root over lines in their order."""
    return root_of([line.leaf for line in lines]).hex()


def write_quarter(folder: Path, lines: QuarterLines, note: str, log_keys: str, now: datetime) -> PublicFigures:
    """Write the figures of a quarter into a new folder, and return them. Raises BadInput where it cannot be made."""
    figures = public_figures(lines, note)
    files = {
        FIGURES: figures.model_dump_json(indent=2) + "\n",
        LINES: json.dumps([line.model_dump(mode="json") for line in lines.lines], indent=1) + "\n",
        LOG_KEY: log_keys,
        PAGE: quarter_page(figures, now),
    }
    try:
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as fault:
        raise BadInput(f"--out: {folder} cannot be made ({fault.strerror}); name a new folder") from fault
    return figures


def read_quarter(folder: Path) -> tuple[PublicFigures, tuple[CaseLine, ...]]:
    """Return the figures and lines in a folder. Raises BadInput where they cannot be read."""
    try:
        figures = PublicFigures.model_validate_json(_content(folder / FIGURES))
        return figures, _LINES.validate_json(_content(folder / LINES))
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BadInput(f"FOLDER: {folder} holds no figures of a quarter ({place}: {first['msg']})") from None


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as fault:
        raise BadInput(
            f"FOLDER: {file} cannot be read ({fault.strerror}); name the folder that was published"
        ) from fault
    if len(content) > MOST_BYTES:
        raise BadInput(f"FOLDER: {file} is too long for the figures of a quarter")
    return content
