"""Copies of the tree in which a task is done, place by place, and asked whether it works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "accord",
    "activities",
    "deploy",
    "domain",
    "ledger",
    "payments",
    "publishing",
    "records",
    "registers",
    "workflows",
    "tests",
)
HEAVY = shutil.ignore_patterns("__pycache__", "releases", "golden")


class Place(NamedTuple):
    """One place that a task touches: a line or more that stay next to each other."""

    path: str
    anchor: str
    """The text that it stands before, or that it replaces; '' for a new file."""
    text: str
    replaces: bool = False


def copy_of_the_tree(folder: Path) -> Path:
    """A copy of all that the product and its domain's tests need."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=HEAVY)
    for name in ("pyproject.toml", "worker.py", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def do(folder: Path, places: Iterable[Place]) -> None:
    """Do a task in a copy."""
    for place in places:
        path = folder / place.path
        text = path.read_text("utf-8") if place.anchor else ""
        assert not place.anchor or text.count(place.anchor) == 1, f"{place.path}: {place.anchor!r} is not there once"
        new = place.text if place.replaces else place.text + place.anchor
        path.write_text(text.replace(place.anchor, new) if place.anchor else place.text, "utf-8")


def ask(folder: Path, *words: str) -> str:
    """What Python answers in a copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    asked = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert asked.returncode == 0, asked.stdout[-3000:] + asked.stderr[-3000:]
    return asked.stdout
