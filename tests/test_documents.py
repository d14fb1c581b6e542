"""What documents name exists: a path that moved is told here, and not by a reader years later."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
ROOMS = "accord|activities|bench|deploy|docs|domain|ledger|payments|records|registers|tests|workflows"
NAMED = re.compile(rf"(?<![\w/.-])((?:{ROOMS})/[\w./-]*\w)")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def named_in(page: Path) -> set[str]:
    """The files and folders of ours that a page names, and those that it links to."""
    text = page.read_text("utf-8")
    linked = {str((page.parent / link).resolve().relative_to(ROOT)) for link in LINKED.findall(text)}
    return {*NAMED.findall(text), *linked}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert [name for name in sorted(named_in(page)) if not any(ROOT.glob(f"{name}*"))] == []


def test_every_requirement_stands_in_the_list_once() -> None:
    text = (ROOT / "docs" / "requirements.md").read_text("utf-8")
    assert re.findall(r"^\| (R\d+) ", text, re.MULTILINE) == [f"R{number}" for number in range(1, 51)]


def test_every_record_of_a_decision_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text("utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index] == []
