"""The marks of a vague name and of a docstring that opens with a relative clause, and the count of both."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.words import bound_in, counted, is_relative, is_vague, parsed, places_in

SOURCE = '''
"""A module."""
from os import path as one

limit = 3

def look(found, partnership_id):
    """Return whether it is there; nobody asked."""
    for item in found:
        known, item = item, None
    return [event for event in known]

class Payment:
    """A payment."""
    total: int = 0
    async def told(self, *, reason=""):
        match reason:
            case str() as text:
                return text
'''


@pytest.mark.parametrize("name", ["one", "found", "already_known", "_asked", "cleared", "others", "rows_read"])
def test_a_pronoun_or_a_participle_is_vague(name: str) -> None:
    assert is_vague(name)


@pytest.mark.parametrize("name", ["event", "known_version", "seed", "need", "cleared_by", "id", "partnership", "speed"])
def test_a_noun_is_not_nor_a_participle_before_one(name: str) -> None:
    assert not is_vague(name)


@pytest.mark.parametrize(
    ("line", "relative"),
    [
        ("Return whether it ended.", True),
        ("Return what was told.", True),
        ("Who signed it.", True),
        ("True if it ended.", False),
        ("Return the sum.", False),
        ("", False),
    ],
)
def test_a_docstring_that_opens_with_a_relative_clause_is_told(line: str, relative: bool) -> None:
    assert is_relative(line) is relative


def test_each_name_counts_once_in_each_scope() -> None:
    assert sorted(bound_in(ast.parse(SOURCE))) == sorted(
        ["one", "limit", "found", "partnership_id", "item", "known", "event", "total", "self", "reason", "text"]
    )


def test_a_file_is_counted_whole(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(SOURCE)
    words = counted(parsed([file]))
    assert (words.names, words.vague, words.docstrings) == (11, {"one": 1, "found": 1, "known": 1}, 3)
    assert (words.relative, words.spliced) == (1, 1)


def test_each_place_is_listed_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(SOURCE)
    assert [*places_in(file, ast.parse(SOURCE))] == [f"{file}:8: Return whether it is there; nobody asked."]
