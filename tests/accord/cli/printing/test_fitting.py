"""Lists on a narrow terminal: title and partner can be read, no id and no sum is broken, and nothing runs over."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.cli.partnerships import work
from accord.cli.payments import exceptions, files_out, funds
from accord.cli.printing.fitting import LONGEST_WORD, Heading, fitted
from accord.cli.printing.lists import table_of
from accord.counter import payments_made
from accord.presentation import sheets

WIDTHS: Final = (80, 100, 140)
TITLE: Final = "Digitalisation des bibliothèques rurales du fleuve Kasaï, deuxième phase de quatre"
PARTNER: Final = "Riverbend Library Network and Friends of the Upper Valley Association"
LONG: Final = {
    "partnership_id": "P-2026-000042", "title": TITLE, "partner": PARTNER, "payee": PARTNER, "country": "CD",
    "funder": "ISOC-FOUNDATION", "funds": ["FD-2026-LIBRARIES", "FD-2026-GENERAL"], "amount": "12345678.90",
    "currency": "USD", "stage": "DUE_DILIGENCE", "on_hold": True, "awaiting": ["PROGRAMME_APPROVER", "DIRECTOR"],
    "next_step": "approval by programme approver, finance approver and director", "assigned": "ana.silva",
    "due": "2026-12-10", "since": "2026-11-01", "role": "PROGRAMME_APPROVER", "step": "approve the whole of it",
    "who": "ana.silva, femi.ade, dora.kim", "released_at": "2026-11-24T12:00:00+00:00", "tranche": 12, "attempt": 2,
    "released_by": "paul.nkosi", "status": "HANDED_OVER", "handed_over_on": "2026-11-25", "reason": "AC04 closed",
    "kind": "REPORT", "what": "the final report, which says what was achieved and what was not", "purpose": TITLE,
    "approved_by": "ana.silva (EK-ABCDEFGHIJKLMNOP)", "message_id": "ACCMABCDEFGHIJKLMNOPQRSTUVWXYZ", "verified": True,
}  # fmt: skip
SHORT: Final = LONG | {"title": "Digital skills", "partner": "Harbour Schools Trust", "amount": "1000.00"}
LISTS: Final = {
    "list": (sheets.PARTNERSHIPS, {"title", "partner", "amount", "partnership_id"}),
    "work": (work.COLUMNS, {"step", "partner", "partnership_id"}),
    "payments list": (sheets.PAYMENTS, {"payee", "amount", "partnership_id", "status"}),
    "obligations": (sheets.OBLIGATIONS, {"what", "due", "partnership_id"}),
    "audit payments": (payments_made.COLUMNS, {"amount", "partnership_id", "verified"}),
}


def printed(table: Table, width: int) -> list[str]:
    """The lines of a table on a terminal of this width."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(table)
    file: Any = console.file
    return str(file.getvalue()).splitlines()


def cells(lines: Sequence[str]) -> dict[str, list[str]]:
    """What stands in each column below its heading, line by line."""
    headings, rows = (
        [[cell.strip() for cell in line.strip(frame).split(frame)] for line in lines if line.startswith(frame)]
        for frame in "┃│"
    )
    names = [" ".join(filter(None, parts)) for parts in zip(*headings, strict=True)]
    return {name: [row[place] for row in rows if row[place]] for place, name in enumerate(names)}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", LISTS)
def test_a_list_keeps_to_the_terminal_and_shows_what_it_is_about(name: str, width: int) -> None:
    columns, asked = LISTS[name]
    lines = printed(table_of([LONG, SHORT], columns, width), width)
    assert max(map(len, lines)) <= width
    assert {len(line) for line in lines} == {len(lines[0])}
    assert "…" not in "".join(lines)
    headings = {column.heading for column in columns if column.field in asked}
    assert headings <= set(cells(lines))


@pytest.mark.parametrize("width", WIDTHS)
def test_title_and_partner_are_read_whole_word_by_word(width: int) -> None:
    shown = cells(printed(table_of([LONG], sheets.PARTNERSHIPS, width), width))
    assert " ".join(shown["Title"]) == TITLE
    assert " ".join(shown["Partner"]) == PARTNER


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", LISTS)
def test_no_id_and_no_sum_is_cut(name: str, width: int) -> None:
    shown = cells(printed(table_of([LONG, SHORT], LISTS[name][0], width), width))
    for heading in {"Id", "Partnership"} & set(shown):
        assert shown[heading] == ["P-2026-000042"] * 2
    if "Sum" in shown:
        assert " ".join(shown["Sum"]) == "12,345,678.90 USD 1,000.00 USD"


def test_the_wider_the_terminal_the_more_is_shown() -> None:
    shown = [set(cells(printed(table_of([LONG], sheets.PARTNERSHIPS, width), width))) for width in (80, 100, 140, 300)]
    assert shown[0] < shown[1] < shown[2] < shown[3] == {column.heading for column in sheets.PARTNERSHIPS}


def heading_of(one: str | Heading) -> Heading:
    return one if isinstance(one, Heading) else Heading(one)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (funds._COLUMNS, ["FD-2026-LIBRARIES", "PROGRAMME", TITLE, "ISOC", "2026", "USD", *["12,345,678.90"] * 5]),
        (files_out._IN_FILES, [LONG["message_id"], "P-2026-000042", "12", PARTNER, "USD 12,345,678.90"]),
        (files_out._FILES, [LONG["message_id"], "HANDED_OVER", "12", "paul.nkosi", "paul.nkosi and femi.ade", "typed"]),
        (exceptions._EXCEPTIONS, ["EX-4F7Q", "2026-11-25", "UNKNOWN", "P-2026-000042", "AC04 of 1,250.00 USD", TITLE]),
    ],
    ids=["funds list", "payments export", "payments files", "payments exceptions"],
)
def test_tables_of_money_break_no_id_and_no_sum(columns: Sequence[str | Heading], row: list[str], width: int) -> None:
    lines = printed(fitted([*map(heading_of, columns)], [[*map(Text, row)]], width), width)
    assert max(map(len, lines)) <= width
    said = [word for shown in cells(lines).values() for one in shown for word in one.split()]
    broken = {word for word in said if any(map(str.isdigit, word))} - {word for one in row for word in one.split()}
    assert broken == set()


WORD = st.text(st.sampled_from("abcdefgh0123456789-.漢"), min_size=1, max_size=30)
CELL = st.lists(WORD, max_size=5).map(" ".join)


@pytest.mark.slow
@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), max_size=4)),
    st.sampled_from(WIDTHS),
)
def test_whatever_stands_in_a_table_is_shown_whole_and_within_the_width(rows: list[list[str]], width: int) -> None:
    headings = [Heading(f"H{place}") for place in range(len(rows[0]) if rows else 2)]
    lines = printed(fitted(headings, [[*map(Text, row)] for row in rows], width), width)
    assert all(Text(line).cell_len <= width for line in lines)
    shown = cells(lines)
    assert list(shown) == [heading.text for heading in headings]
    for place, heading in enumerate(headings):
        said = "".join(row[place] for row in rows).replace(" ", "")
        assert "".join(shown[heading.text]).replace(" ", "") == said


def test_a_long_word_is_broken_before_an_id_is() -> None:
    row = [Text("w" * 70), Text("P-2026-000042"), Text("x" * 70)]
    shown = cells(printed(fitted([Heading("A"), Heading("B"), Heading("C")], [row], 40), 40))
    assert shown["B"] == ["P-2026-000042"]
    assert LONGEST_WORD < 70 == len("".join(shown["A"]))
