"""A mapping is suggested from headings; people read each line of it."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from domain.imported.mapping import ImportMapping
from imports.checking import check_table
from imports.suggesting import suggest
from imports.tables.table import TableFault
from tests.imports.grants import HEADINGS, book_of, numbered, saved

LINE = ";".join(HEADINGS)


def test_a_suggestion_is_a_mapping_once_people_gave_each_word_its_meaning() -> None:
    """Given a workbook, then its columns are suggested, and its rows are read once each word has a meaning."""
    content = saved(book_of(numbered([{}, {"Status": "Closed", "Open": None, "Due": None}])))
    text = suggest("grants.xlsx", content, "grants-database", "P-2026-5001").text
    assert "values = { \"Active\" = '?', \"Closed\" = '?' }" in text
    answered = text.replace("\"Active\" = '?'", '"Active" = "IN_FORCE"').replace(
        "\"Closed\" = '?'", '"Closed" = "ENDED"'
    )
    answered = answered.replace("\"NONPROFIT\" = '?'", '"NONPROFIT" = "NONPROFIT"')
    by = ImportMapping.model_validate(tomllib.loads(answered))
    plan = check_table("grants.xlsx", content, by, {}, frozenset())
    assert [row.verdict for row in plan.rows] == ["NEW", "NEW"], [
        str(fault) for row in plan.rows for fault in row.faults
    ]
    assert [(part.amount, part.on, part.year) for part in by.payments] == [
        ("Paid", "Paid on", None),
        ("Paid 2024", None, 2024),
    ]


def test_a_suggestion_that_nobody_answered_brings_nothing_in() -> None:
    """Given a suggestion as it was written, then no row of it is read: a question mark is no stage."""
    content = saved(book_of(numbered([{}])))
    by = ImportMapping.model_validate(tomllib.loads(suggest("grants.xlsx", content, "old", "P-2026-5001").text))
    plan = check_table("grants.xlsx", content, by, {}, frozenset())
    assert [row.verdict for row in plan.rows] == ["REFUSED"]


def test_headings_below_a_title_are_looked_for() -> None:
    """Given a sheet whose headings stand in its third row, then the suggestion says so."""
    book = book_of(numbered([{}]))
    book.worksheets[0].insert_rows(1, 2)
    book.worksheets[0]["A1"] = "Grants of the house"
    assert "headings_in = 3" in suggest("grants.xlsx", saved(book), "old", "P-2026-5001").text


@pytest.mark.parametrize(
    ("day", "form", "questions"),
    [("15/01/2024", "DD/MM/YYYY", 0), ("01/15/2024", "MM/DD/YYYY", 0), ("01/02/2024", "DD/MM/YYYY", 1)],
)
def test_the_order_of_day_and_month_is_asked_where_no_date_tells_it(day: str, form: str, questions: int) -> None:
    """Given dates as texts, then their form is suggested, and a person is asked where both orders fit."""
    content = f"Ref;Title;Signed\nG-1;Skills;{day}".encode()
    suggestion = suggest("grants.csv", content, "old", "P-2026-5001")
    assert f'dates = "{form}"' in suggestion.text
    assert sum(question.startswith("dates:") for question in suggestion.questions) == questions


def test_a_windows_file_is_suggested_as_one() -> None:
    """Given a CSV with Windows letters, then the suggestion names the encoding."""
    content = (
        ";".join(HEADINGS).encode() + b"\n" + ";".join(["F\xe4hre", *[""] * (len(HEADINGS) - 1)]).encode("latin-1")
    )
    assert 'encoding = "cp1252"' in suggest("grants.csv", content, "old", "P-2026-5001").text


def test_what_is_no_table_is_refused() -> None:
    """Given a file that is no workbook, then it is refused as a check would refuse it."""
    with pytest.raises(TableFault, match="is no workbook"):
        suggest("grants.xlsx", b"rubbish", "old", "P-2026-5001")


@pytest.mark.parametrize("missing", ["key", "title", "partner", "country", "direction", "funder", "stage"])
def test_a_mapping_without_a_needed_fact_is_refused(missing: str) -> None:
    """Given a mapping that lacks a fact that every row needs, then it is refused, and the fact is named."""
    content = tomllib.loads(
        suggest("g.csv", ";".join(HEADINGS).encode() + b"\n" + b";" * 22, "old", "P-2026-5001").text
    )
    del content["fields"][missing]
    with pytest.raises(ValidationError, match=missing):
        ImportMapping.model_validate(content)


def sheet(*columns: tuple[str, str]) -> str:
    """Return the suggestion for a CSV of these headings, each with the cell below it, and the questions."""
    content = "\n".join(";".join(cells) for cells in zip(*columns, strict=True)).encode()
    suggestion = suggest("grants.csv", content, "old", "P-2026-5001")
    return "\n".join((suggestion.text, *suggestion.questions))


@pytest.mark.parametrize(
    ("heading", "cell", "line"),
    [
        ("Tax no", "00-1000001", 'ein = { column = "Tax no" }'),
        ("Tax ID", "00-1000001", 'ein = { column = "Tax ID" }'),
        ("Awarded", "5000", 'agreed = { column = "Awarded" }'),
        ("Awarded", "15/01/2024", 'approved_on = { column = "Awarded" }'),
        ("Project", "Skills", 'title = { column = "Project" }'),
        ("Type of org", "Charity", 'partner_kind = { column = "Type of org", values = { "Charity" = \'?\' } }'),
    ],
)
def test_headings_as_people_write_them_are_told_by_their_words(heading: str, cell: str, line: str) -> None:
    """Given a heading of a programme's own sheet, then it is taken for its fact, and a day is no sum."""
    assert line in sheet((heading, cell), ("Our no", "G-1"), ("Org name", "River Library"))


def test_a_country_s_name_becomes_its_code_and_is_asked_about() -> None:
    """Given names of countries, then each word has the code of ISO 3166-1, or a question mark where none fits."""
    content = b"Our no;Org name;Country\nG-1;A;USA\nG-2;B;Kenya\nG-3;C;Ruritania"
    suggestion = suggest("grants.csv", content, "old", "P-2026-5001")
    assert 'values = { "USA" = "US", "Kenya" = "KE", "Ruritania" = \'?\' }' in suggestion.text
    assert any(question.startswith("country:") for question in suggestion.questions)


def test_codes_of_countries_need_no_words() -> None:
    """Given codes alone, then the column is read as it is."""
    assert 'country = { column = "Country" }' in sheet(("Our no", "G-1"), ("Org name", "A"), ("Country", "KE"))


def test_a_row_that_adds_up_is_named_and_gives_no_words() -> None:
    """Given a row of totals at the end, then its number is told, and what stands in it is no word of a column."""
    content = b"Our no;Org name;Country\nG-1;A;KE\nTotal;;Sum of all"
    suggestion = suggest("grants.csv", content, "old", "P-2026-5001")
    assert any("row 3 adds the others up" in question for question in suggestion.questions)
    assert 'country = { column = "Country" }' in suggestion.text


def test_an_end_without_a_start_is_left_out_and_asked_about() -> None:
    """Given a column of ends alone, then it is no period, and the mapping says so instead of dropping the days."""
    suggestion = sheet(("Our no", "G-1"), ("Org name", "A"), ("End date", "31/12/2026"))
    assert "ends = {" not in suggestion
    assert "starts, ends: no two headings" in suggestion
