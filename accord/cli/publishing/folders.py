"""The folder of a publication: written whole, and read again with every file held against the receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from accord.cli.publishing.signatures import Trust, require_signed
from accord.presentation.faults import BadInput, Refused
from publishing.files import CELLS, NOTE, RECEIPT

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
        other_names = sorted(path.name for path in folder.iterdir() if path.name not in {*files, NOTE})
        if other_names:
            raise BadInput(f"--out: {folder} holds {other_names[0]}, which is none of these files; name another folder")
        for name in (RECEIPT, NOTE):
            (folder / name).unlink(missing_ok=True)
        for name, content in sorted(files.items(), key=lambda file: file[0] == RECEIPT):
            (folder / name).write_bytes(content)
    except OSError as fault:
        raise BadInput(f"--out: {folder} cannot be written: {fault.strerror}") from fault


class FolderDifferences(NamedTuple):
    """The names of the files that are not as the receipt of their folder says."""

    changed_files: tuple[str, ...]
    added_files: tuple[str, ...]
    missing_files: tuple[str, ...]


class ReceiptRead(NamedTuple):
    """The receipt of a folder, and who signed it."""

    receipt: Mapping[str, Any]
    signers: tuple[str, ...]


def read_receipt(folder: Path, trust: Trust) -> ReceiptRead:
    """Return the receipt of a folder once its signature was verified.

    Raises:
        BadInput: It cannot be read, lists no files, or no key is trusted.
        Refused: Its signature does not hold, or nobody signed it.
    """
    content = _bytes(folder / RECEIPT)
    receipt = _json(folder / RECEIPT, content)
    signers = require_signed(folder, content, trust)
    if not isinstance(receipt.get("sha256"), dict):
        raise BadInput(f"{folder / RECEIPT} is no receipt: it lists no files")
    return ReceiptRead(receipt, signers)


def differences_in(folder: Path, receipt: Mapping[str, Any]) -> FolderDifferences:
    """Return the differences of a folder from its receipt. A file that it lists elsewhere is none of this folder."""
    digests: Mapping[str, str] = receipt["sha256"]
    present_names = {path.name for path in folder.iterdir()} - {RECEIPT, NOTE}
    common_names = sorted(present_names & digests.keys())
    return FolderDifferences(
        tuple(name for name in common_names if _digest(folder / name) != digests[name]),
        tuple(sorted(present_names - digests.keys())),
        tuple(sorted(digests.keys() - present_names)),
    )


def read_cells(path: Path, trust: Trust) -> PublishedCells:
    """Return the cells of a published file, after it, its cells and their receipt were verified.

    Raises:
        BadInput: The file, its cells or its receipt cannot be read, or no key is trusted.
        Refused: One of them is not what the receipt says, or the receipt's signature does not hold.
    """
    receipt, _ = read_receipt(path.parent, trust)
    for name in (path.name, CELLS):
        if _digest(path.parent / name) != receipt["sha256"].get(name):
            raise Refused(f"{name} is not what {RECEIPT} says: it was changed after it was published", "FileChanged")
    cells = path.parent / CELLS
    return PublishedCells(receipt, _json(cells, _bytes(cells)).get(path.name, {}))


def _digest(path: Path) -> str:
    return hashlib.sha256(_bytes(path)).hexdigest()


def _json(path: Path, text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text)
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
