"""Names and docstrings stay plain: the shares of `python -m bench.words` are held, and a name means one class."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from bench.words import Words, counted, places_in, shipped

ROOT = Path(__file__).resolve().parent.parent
FILES = shipped(ROOT)
RELEASED_RULES = ROOT / "domain" / "policy" / "rules"
"""The source of a released revision of a rule is never edited, its docstring neither."""


@pytest.fixture(scope="module")
def words() -> Words:
    return counted(FILES)


def test_few_names_are_pronouns_or_participles(words: Words) -> None:
    assert words.vague_share < 0.04, words.vague.most_common(20)


def test_few_docstrings_open_with_a_relative_clause(words: Words) -> None:
    assert words.relative_share < 0.03


def test_no_docstring_is_two_sentences_with_a_semicolon() -> None:
    files = [file for file in FILES if not file.is_relative_to(RELEASED_RULES)]
    assert [place for file in files for place in places_in(file) if ";" in place] == []


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(list)
    for file in FILES:
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
