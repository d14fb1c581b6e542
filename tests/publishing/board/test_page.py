"""The page of a board's book: it stands by itself, takes no text for markup, and names the cell of each figure."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from publishing.board import page
from publishing.board.publication import board
from publishing.files import CELLS, folder_of
from tests.publishing.board.test_book import told
from tests.publishing.casting import body, granted, stand


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def test_every_figure_of_the_page_names_a_cell_that_opens() -> None:
    ground = stand("2027-06-30")
    files = folder_of(board(told().cases(), ground), ground)
    shown, cells = files["board.html"].decode(), json.loads(files[CELLS])
    names = re.findall(r'title="(\S+\.csv) (\S+)"', shown)
    assert len(names) > 50
    assert [name for name in names if name[1] not in cells[name[0]]] == []


def test_the_page_loads_nothing_and_takes_no_text_for_markup() -> None:
    """Given a payee whose name is markup, then the page shows it, and has neither script nor address."""
    cast, ground = told(), stand("2027-06-30")
    cast.tell("P-2026-0010", granted(body("<script>alert(1)</script> & Sons", "001000007"), "10.00"))
    shown = folder_of(board(cast.cases(), ground), ground)["board.html"].decode()
    tags = _Tags()
    tags.feed(shown)
    assert not tags.tags & {"script", "link", "img", "iframe", "a"}
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons" in shown
    assert not re.search(r"https?:|url\(", shown)


def test_a_book_of_nothing_says_so() -> None:
    ground = stand("2025-06-30")
    shown = folder_of(board([], ground), ground)["board.html"].decode()
    assert "Nothing is agreed." in shown


def test_a_page_lists_so_many_rows_and_names_the_file_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_ROWS", 3)
    ground = stand("2027-06-30")
    files = folder_of(board(told().cases(), ground), ground)
    assert "The first 3 of 6; grants.csv has them all." in files["board.html"].decode()
    assert len(files["grants.csv"].splitlines()) == 7
