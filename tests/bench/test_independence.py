"""The second opinion of `make bench-portfolio` is one: it uses nothing of the product, and reads names by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.telling import confirms, is_another, reordered

ROOT = Path(__file__).resolve().parents[2]
OWN = {"bench"}


@pytest.mark.parametrize("module", ["portfolio/independent", "telling"])
def test_it_imports_nothing_of_the_product(module: str) -> None:
    tree = ast.parse((ROOT / "bench" / f"{module}.py").read_text("utf-8"))
    imported = {one.module.split(".")[0] for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.module}
    imported |= {name.name.split(".")[0] for one in ast.walk(tree) if isinstance(one, ast.Import) for name in one.names}
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - OWN
    assert not imported & (rooms | {"worker"})


@pytest.mark.parametrize(
    "given", ["Riverbend Library Network, Inc.", "LIBRARY NETWORK RIVERBEND", "The Riverbend Library Networks"]
)
def test_a_name_written_otherwise_confirms(given: str) -> None:
    assert confirms(given, ["RIVERBEND LIBRARY NETWORK INC"])


@pytest.mark.parametrize(
    "given", ["Library", "Riverbend", "Friends of Riverbend Library Network", "Riverbend Library Network LLC"]
)
def test_another_bodys_name_does_not(given: str) -> None:
    assert not confirms(given, ["RIVERBEND LIBRARY NETWORK INC"])
    assert is_another(given, ["RIVERBEND LIBRARY NETWORK INC"])


def test_common_words_alone_confirm_nothing() -> None:
    assert not confirms("Community Library", ["COMMUNITY LIBRARY"])


def test_a_slip_makes_no_other_body() -> None:
    assert not is_another("Riverbent Library Network", ["RIVERBEND LIBRARY NETWORK INC"])


def test_the_halves_of_a_name_change_places() -> None:
    assert reordered("Hanaa Dli Community School") == "Community School Hanaa Dli"
