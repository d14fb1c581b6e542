"""Editions from files: JSON, a workbook, or TOML for a letter. Each fault is a line with place, cause and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Final, NamedTuple

from accord.presentation.editions.json_lines import LinedJson
from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words
from domain.editions.content import ContentFault, EditionContent, Path
from domain.editions.models import BadContent, content_from, faults_of_content

MOST_FILE_BYTES: Final = 1_048_576
"""The longest file that an edition is read from."""
FAULT_LIMIT: Final = 40
"""Faults that are told one by one."""

_ZIP: Final = b"PK\x03\x04"


class EditionFile(NamedTuple):
    """An edition as it was read from a file."""

    content: EditionContent
    notes: tuple[str, ...] = ()
    """What was not read, and why."""


def read_edition(path: FilePath) -> EditionFile:
    """Return the edition in a file.

    Raises:
        BadInput: It cannot be opened, or has faults; all of them are told.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_FILE_BYTES + 1)
    except OSError as fault:
        raise BadInput(f"{path} cannot be opened: {fault.strerror}") from None
    return edition_in(path.name, content)


def edition_in(name: str, content: bytes) -> EditionFile:
    """Return the edition in the bytes of a file. Raises BadInput with all their faults."""
    if len(content) > MOST_FILE_BYTES:
        raise BadInput(f"{name} has more than {MOST_FILE_BYTES:,} bytes, which no edition has; shorten or split it")
    if content.startswith(_ZIP):
        from accord.presentation.editions.workbook_in import WorkbookReading

        reading = WorkbookReading(name, content)
        return EditionFile(_content(name, reading.fields, reading.places, reading.faults), reading.notes)
    if name.endswith(".toml"):
        return EditionFile(_content(name, _of_toml(name, content), {}))
    try:
        document = LinedJson(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(f"{name} is neither a workbook nor UTF-8 text; save it as .xlsx, or as UTF-8") from None
    except (ValueError, RecursionError) as fault:
        raise BadInput(f"{name} is no JSON: {fault}") from None
    return EditionFile(
        _content(name, document.content, {place: f"line {line}" for place, line in document.lines.items()})
    )


def _of_toml(name: str, content: bytes) -> object:
    """Return the fields in a file of a letter: its template is readable there, line by line."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(f"{name} is no UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as fault:
        raise BadInput(f"{name} is no TOML: {fault}") from None


def _content(
    name: str, fields: object, places: Mapping[Path, str], faults: Iterable[tuple[str, str]] = ()
) -> EditionContent:
    """Return the content of fields. Raises BadInput with the faults that are known, or that it has."""
    lines = [f"{place}: {words}" for place, words in faults]
    try:
        content = content_from(fields)
        content_faults = faults_of_content(content)
    except BadContent as bad:
        content_faults = bad.faults
    lines += [_line(fault, places, cell_faults=dict(faults)) for fault in content_faults]
    if lines := [line for line in dict.fromkeys(lines) if line]:
        raise BadInput(f"{name} has {faults_told(lines)}")
    return content


def faults_told(lines: list[str]) -> str:
    """Return a message with a line for each fault, up to the most that are told."""
    more = [f"  and {len(lines) - FAULT_LIMIT:,} more"] if len(lines) > FAULT_LIMIT else []
    listed_lines = [f"  {line}" for line in lines[:FAULT_LIMIT]]
    return "\n".join([f"{count_in_words(len(lines), 'fault')} to mend; nothing was recorded:", *listed_lines, *more])


def _line(fault: ContentFault, places: Mapping[Path, str], cell_faults: Mapping[str, str]) -> str:
    """Return a fault as a line, or '' if its cell was said to be wrong already."""
    for depth in range(len(fault.place), -1, -1):
        if (place := places.get(fault.place[:depth])) is not None:
            return "" if place in cell_faults and depth else f"{place}: {fault}"
    return str(fault)
