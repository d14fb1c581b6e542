"""The rooms: the folders at the top that hold Python are exactly the layers that import-linter guards."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BESIDE = {"tests", "bench", "docs", "examples"}
"""What is not shipped: nothing imports it. In examples stands what others run without Accord."""
MOST_MODULES = 18


def linted() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return dict(tomllib.load(file)["tool"]["importlinter"])


def rooms() -> set[str]:
    folders = (path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
    return {path.name for path in folders if any(path.rglob("*.py"))} - BESIDE


def test_every_room_is_a_layer_and_every_layer_a_room() -> None:
    layers = linted()["contracts"][0]["layers"]
    assert {room for layer in layers for room in layer.split(" | ")} == rooms()


def test_every_room_is_read_by_the_linter() -> None:
    assert set(linted()["root_packages"]) == rooms()


def test_at_the_top_stands_no_module_but_the_worker() -> None:
    assert [path.name for path in ROOT.glob("*.py")] == ["worker.py"]


def test_no_folder_holds_more_modules_than_a_reader_sees_at_once() -> None:
    """Given any folder of any room, then it holds at most eighteen modules beside its own page."""
    found_modules = (
        module for room in rooms() for module in (ROOT / room).rglob("*.py") if module.name != "__init__.py"
    )
    modules = Counter(module.parent for module in found_modules)
    assert [(str(folder), count) for folder, count in modules.items() if count > MOST_MODULES] == []
