"""Names and docstrings stay plain: the shares of `python -m bench.words` are held, and a name means one class."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.words import Words, counted, parsed, places_in, shipped

ROOT = Path(__file__).resolve().parent.parent
FILES = shipped(ROOT)
RELEASED_RULES = ROOT / "domain" / "policy" / "rules"
"""The source of a released revision of a rule is never edited, its docstring neither."""


class Shipped(NamedTuple):
    """All that is looked for, in one look at each file."""

    words: Words
    spliced: list[str]
    classes: dict[str, list[str]]


@pytest.fixture(scope="module")
def code() -> Shipped:
    spliced: list[str] = []
    classes = defaultdict[str, list[str]](list)

    def trees() -> Iterator[ast.Module]:
        for file, tree in zip(FILES, parsed(FILES), strict=True):
            if not file.is_relative_to(RELEASED_RULES):
                spliced.extend(place for place in places_in(file, tree) if ";" in place)
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    classes[node.name].append(str(file.relative_to(ROOT)))
            yield tree

    return Shipped(counted(trees()), spliced, classes)


def test_few_names_are_pronouns_or_participles(code: Shipped) -> None:
    assert code.words.vague_share < 0.04, code.words.vague.most_common(20)


def test_few_docstrings_open_with_a_relative_clause(code: Shipped) -> None:
    assert code.words.relative_share < 0.03


def test_no_docstring_is_two_sentences_with_a_semicolon(code: Shipped) -> None:
    assert code.spliced == []


def test_no_two_public_classes_share_a_name(code: Shipped) -> None:
    assert {name: files for name, files in code.classes.items() if len(files) > 1} == {}
