"""Editions from files and back: the same content by JSON and by workbook, and each fault with its line or cell."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from accord.presentation.editions.cells import UNPACKED_LIMIT
from accord.presentation.editions.json_lines import LinedJson
from accord.presentation.editions.reading import MOST_FILE_BYTES, edition_in
from accord.presentation.editions.workbook_out import workbook_of
from accord.presentation.faults import BadInput
from domain.editions.models import content_from, faults_of_content
from tests.domain.editions.contents import EVERY, SAMPLES, SHORT, changed, content
from tests.thoroughness import draws

Change = Callable[[Workbook], None]


def told(name: str, file: bytes) -> str:
    with pytest.raises(BadInput) as fault:
        edition_in(name, file)
    return str(fault.value)


def with_change(change: Change, fields: dict[str, Any] = SHORT) -> bytes:
    """The workbook of an edition as somebody changed it in a spreadsheet."""
    book = load_workbook(io.BytesIO(workbook_of(content(fields))))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def column(book: Workbook, heading: str) -> int:
    return next(cell.column for cell in book["Questions"][1] if cell.value == heading)


def put(sheet: str, cell: str, value: Any) -> Change:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


def question(row: int, heading: str, value: Any) -> Change:
    def change(book: Workbook) -> None:
        book["Questions"].cell(row, column(book, heading)).value = value

    return change


@pytest.mark.parametrize("fields", EVERY, ids=lambda fields: fields["kind"])
def test_a_workbook_of_an_edition_is_that_edition_again(fields: dict[str, Any]) -> None:
    read = content(fields)
    assert edition_in("x.xlsx", workbook_of(read)).content == read
    assert edition_in("x.xlsx", with_change(lambda book: None, fields)).content.canonical() == read.canonical()


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_goes_out_and_comes_back(path: Any) -> None:
    read = edition_in(path.name, path.read_bytes()).content
    assert edition_in("x.xlsx", workbook_of(read)).content.canonical() == read.canonical()


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n;=_,"), min_size=1, max_size=30)
PLAIN = WORDS.map(str.strip).filter(bool)
KINDS = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "maxLength": 80},
        {"type": "string", "format": "words:50"},
        {"type": "string", "format": "money"},
        {"type": "integer", "minimum": 0, "maximum": 10},
        {"type": "boolean"},
        {"type": "boolean", "const": True},
        {"type": "string", "enum": ["yes", "no", "in_part"]},
        {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "minItems": 1},
        {"type": "array", "format": "people", "maxItems": 5},
        {"type": "array", "items": {"type": "object", "properties": {"town": {"type": "string"}}}},
        {"type": "object", "format": "period"},
    ]
)  # fmt: skip


@st.composite
def question_sets(draw: st.DrawFn) -> dict[str, Any]:
    names = [f"q{number}" for number in range(draw(st.integers(1, 5)))]
    properties = {name: draw(KINDS) for name in names}
    cut = draw(st.integers(0, len(names) - 1))
    pages = [page for page in ({"id": "one", "questions": names[:cut]}, {"id": "two", "questions": names[cut:]})
             if page["questions"]]  # fmt: skip
    required = draw(st.lists(st.sampled_from(names), unique=True))
    schema = {"type": "object", "properties": properties, "required": required}
    bare = {"shown_if": {}, "facts": {}, "languages": ["en", "ar"], "words": {"en": {}, "ar": {}}}
    fields = {**SHORT, "schema": schema, "pages": pages, **bare}
    flags = [name for name in names[:-1] if properties[name] == {"type": "boolean"}]
    if flags:
        fields["shown_if"] = {names[-1]: {"question": flags[0], "equals": draw(st.booleans())}}
    empty = content_from(fields)
    hints = [f"{name}.hint" for name in names if draw(st.booleans())]
    for language in ("en", "ar"):
        fields["words"][language] = {key: draw(PLAIN) for key in ("title", *empty.needed_words(), *hints)}
    return fields


@pytest.mark.slow
@given(question_sets())
@settings(max_examples=draws(100))
def test_whatever_a_set_asks_it_goes_out_and_comes_back(fields: dict[str, Any]) -> None:
    read = content_from(fields)
    if faults_of_content(read):
        return
    assert edition_in("x.xlsx", workbook_of(read)).content.canonical() == read.canonical()


CELLS: list[tuple[Change, str]] = [
    (put("Edition", "B3", 2026.1), "Edition!B3: it holds a number, 2026.1, which may have lost a zero"),
    (put("Edition", "B1", "FORM"), "Edition!B1: kind: 'FORM' is no kind of edition; write one of QUESTIONS"),
    (put("Edition", "B4", "en, es, fr"), "missing in fr; write it, or take fr out"),
    (put("Edition", "A6", "languages of it"), "Edition!A6: 'languages of it' is no setting of QUESTIONS; these are"),
    (question(2, "kind", "essay"), "Questions!C2: 'essay' is no kind of answer; write one of words:N, line"),
    (question(2, "kind", "iban"), "Questions!C2: 'iban' is no kind of answer"),
    (question(2, "kind", "=A1"), "Questions!C2: it holds a formula, or a fault; write the value itself"),
    (question(2, "label en", "=A1"), "Questions!K2: it holds a formula"),
    (question(2, "label es", "Su IBAN"), "Questions!N2: words.es.summary.label: it says 'iban'"),
    (question(2, "fact", "/nothing"), "Questions!F2: facts.summary: /nothing is no fact of a report"),
    (question(3, "needed", "perhaps"), "Questions!D3: 'perhaps' is neither yes nor no; write one of them"),
    (question(4, "shown if", "as_planned"), "Questions!E4: 'as_planned' is no condition; write another question"),
    (question(4, "shown if", "as_planned = maybe"), "E4: shown_if.changes: 'maybe' is no answer to as_planned"),
    (question(4, "choices es", "Tarde"), "Questions!P4: it has 1 words for 2 choices; write 2, with semicolons"),
    (question(4, "label es", None), "words.es.changes.label: missing in es; write it, or take es out"),
    (question(3, "id", "summary"), "Questions!A3: summary stands here twice; give one of them another id"),
    (question(3, "id", None), "Questions!A3: this question has no id; write a short name"),
    (question(3, "page", None), "Questions!B3: as_planned stands on no page; name one"),
    (question(1, "hint en", "hint fr"), "Questions!L1: 'hint fr' is no column of this sheet; the columns are id, page"),
    (lambda book: book.remove(book["Words"]), "Words: this sheet is missing; QUESTIONS has the sheets Edition, Words"),
]  # fmt: skip


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("change", "words"), CELLS, ids=[words[:50] for _, words in CELLS])
def test_a_fault_names_its_cell(change: Change, words: str) -> None:
    assert words in told("report.xlsx", with_change(change))


def test_every_fault_of_a_workbook_is_told_once_and_at_once() -> None:
    def change(book: Workbook) -> None:
        for one in (question(2, "kind", "essay"), question(3, "needed", "perhaps"), question(2, "fact", "/nothing")):
            one(book)

    lines = told("report.xlsx", with_change(change)).splitlines()
    assert lines[0] == "report.xlsx has 3 faults to mend; nothing was recorded:"
    assert len(lines) == 4


def test_a_sheet_that_nobody_reads_is_said() -> None:
    file = with_change(lambda book: book.create_sheet("My notes"))
    assert edition_in("x.xlsx", file).notes == ("the sheet My notes is not read",)


def test_a_day_and_a_number_are_read_by_their_type() -> None:
    call = next(fields for fields in EVERY if fields["kind"] == "CALL")

    def change(book: Workbook) -> None:
        for row in book["Edition"].iter_rows():
            if row[0].value == "opens_on":
                row[1].value = datetime(2026, 12, 2)  # noqa: DTZ001 - as a spreadsheet has it
            if row[0].value == "rules.least":
                row[1].value = 10.10

    read: Any = edition_in("x.xlsx", with_change(change, call)).content
    assert (str(read.opens_on), str(read.rules.least)) == ("2026-12-02", "10.1")


def test_what_is_no_workbook_or_too_large_is_refused_before_it_is_read() -> None:
    assert "is no workbook" in told("x.xlsx", b"PK\x03\x04 and nothing more")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (UNPACKED_LIMIT + 1))
    assert "unpacks to 33,554,433 bytes, which no form has" in told("x.xlsx", bomb.getvalue())
    assert "which no edition has; shorten or split it" in told("x.json", b"x" * (MOST_FILE_BYTES + 1))


def test_a_workbook_with_entities_is_refused() -> None:
    plain, hostile = io.BytesIO(workbook_of(content())), io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(hostile, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/sharedStrings.xml":
                part = part.replace(b"<sst", b'<!DOCTYPE x [<!ENTITY a "boom">]><sst', 1)
            target.writestr(name, part)
    assert "is no workbook that can be read" in told("x.xlsx", hostile.getvalue())


def test_a_fault_in_json_names_its_line() -> None:
    text = json.dumps(changed(SHORT, facts__summary="/sumary"), indent=1)
    line = 1 + text[: text.index("/sumary")].count("\n")
    assert f"line {line}: facts.summary: /sumary is no fact of a report" in told("x.json", text.encode())
    assert "x.json is no JSON: line 2: 'a' is named twice; name it once" in told("x.json", b'{"a": 1,\n "a": 2}')
    assert "x.json is no JSON: line 1: a value is expected" in told("x.json", b'{"a": nothing}')
    assert "x.json is no JSON: line 1: it is deeper than any edition" in told("x.json", b"[" * 100_000)
    assert "is neither a workbook nor UTF-8 text" in told("x.json", b"\xff\xfe")


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.slow
@given(JSONS, st.sampled_from([None, 1]))
@settings(max_examples=draws(500))
def test_json_is_read_as_the_library_reads_it(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert LinedJson(text).content == json.loads(text)


@given(st.text(st.sampled_from('{}[]",:0123456789.eE-+truefalsn \n\\u'), max_size=40))
@settings(max_examples=draws(500))
def test_what_is_no_json_is_refused_and_nothing_else(text: str) -> None:
    try:
        expected, is_json = json.loads(text), True
    except ValueError:
        expected, is_json = None, False
    if not is_json:
        with pytest.raises(ValueError, match="line"):
            LinedJson(text)
    elif "NaN" not in text:
        assert LinedJson(text).content == expected
