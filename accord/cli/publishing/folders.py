"""The folder of a publication: written whole, and read again with every file held against the receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from accord.presentation.faults import BadInput, Refused
from publishing.files import CELLS, RECEIPT

_MOST: Final = 512 * 1024 * 1024
"""The most bytes of a file of a publication that is read."""


class PublishedCells(NamedTuple):
    """A file's cells, and the receipt of its publication."""

    receipt: Mapping[str, Any]
    cells: Mapping[str, list[list[Any]]]


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a publication into a folder: a new one, or one that holds an earlier form of them alone.

    The receipt comes last, so that a folder without one is none.

    Raises:
        BadInput: The folder holds something else, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        other_names = sorted(path.name for path in folder.iterdir() if path.name not in files)
        if other_names:
            raise BadInput(f"--out: {folder} holds {other_names[0]}, which is none of these files; name another folder")
        (folder / RECEIPT).unlink(missing_ok=True)
        for name, content in sorted(files.items(), key=lambda file: file[0] == RECEIPT):
            (folder / name).write_bytes(content)
    except OSError as fault:
        raise BadInput(f"--out: {folder} cannot be written: {fault.strerror}") from fault


def read_cells(path: Path) -> PublishedCells:
    """Return the cells of a published file, after it and they were held against the receipt beside them.

    Raises:
        BadInput: The file, its cells or its receipt cannot be read.
        Refused: One of them is not what the receipt says.
    """
    receipt = _json(path.parent / RECEIPT)
    digests = receipt.get("sha256", {})
    for name in (path.name, CELLS):
        if hashlib.sha256(_bytes(path.parent / name)).hexdigest() != digests.get(name):
            raise Refused(f"{name} is not what {RECEIPT} says: it was changed after it was published", "FileChanged")
    return PublishedCells(receipt, _json(path.parent / CELLS).get(path.name, {}))


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(_bytes(path))
    except ValueError as fault:
        raise BadInput(f"{path} is no receipt or list of cells: {fault}") from fault
    if not isinstance(content, dict):
        raise BadInput(f"{path} is no receipt or list of cells")
    return content


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST:
            raise BadInput(f"{path} is too large for a file of a publication")
        return path.read_bytes()
    except OSError as fault:
        raise BadInput(f"{path} cannot be read: {fault.strerror}") from fault
