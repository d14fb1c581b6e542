"""The four readers share no module of ours but plain value types: what one gets wrong, no other one repeats."""

from __future__ import annotations

import ast
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from tests.conftest import ROOT

FOLDER = "accord.operations.attesting.readers"
READERS = ("events", "postings", "statements", "workflows")
VALUES = "domain.attestation.readings"
ROOMS = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "examples"}
"""Every room of ours, so that a new one cannot be shared unseen."""


def _file(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()), None)


@cache
def _imports(module: str) -> frozenset[str]:
    """The modules of ours that a module imports, packages on the way too."""
    file = _file(module)
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))) if file else ():
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return frozenset(name for name in names if name.split(".")[0] in ROOMS and _file(name))


def reached(module: str) -> set[str]:
    """All modules with code that a module reaches, however far."""
    seen, waiting = set[str](), [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _imports(name)
    return seen


@pytest.mark.parametrize(("one", "other"), [*combinations(READERS, 2)])
def test_two_readers_share_value_types_alone(one: str, other: str) -> None:
    shared = reached(f"{FOLDER}.{one}") & reached(f"{FOLDER}.{other}")
    assert shared == {VALUES}


def test_value_types_rest_on_nothing_of_ours() -> None:
    assert reached(VALUES) == {VALUES}
    tree = ast.parse((ROOT / "domain" / "attestation" / "readings.py").read_text("utf-8"))
    functions = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert functions == ["where", "covers"], "a value says what it holds, and reckons nothing"


def test_the_search_sees_what_the_book_rests_on() -> None:
    assert {"records.books.reading", "domain.books.journal", "domain.values"} <= reached(f"{FOLDER}.postings")
