"""Folders of another system's exports, as its own job would lay them each night."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from accord.operations.shadow.nightly import ShadowFolders
from tests.imports.test_other_systems import FOLDER, files


def folders_with(folder: Path, days: Iterable[date]) -> ShadowFolders:
    """Return the folders of a process beside another system, with the sample's mapping and an export of each day."""
    folders = ShadowFolders(folder / "exports", folder / "exports" / "mapping.toml", folder / "kept")
    folders.exports.mkdir(parents=True)
    folders.mapping.write_bytes((FOLDER / "mapping.toml").read_bytes())
    for day in days:
        lay_export(folders, day)
    return folders


def lay_export(folders: ShadowFolders, day: date, **changes: tuple[str, str]) -> None:
    """Lay the sample's export of a day, with a text in place of another where changes say so."""
    folder = folders.exports / day.isoformat()
    folder.mkdir(exist_ok=True)
    for name, content in files(**changes).items():
        (folder / name).write_bytes(content)
