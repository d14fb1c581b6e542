"""A line that is misread becomes wrong evidence: what is a row of each register, and what is not, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from registers.loading.rows import ParsedRow, RejectedRow, read_rows
from registers.sources import irs, ofac
from registers.sources.catalogue import REGISTERS
from registers.sources.kinds import BadRow, parse_date
from tests.registers.files import bmf_row, ein, pub78_row, revocation_row, sdn_row, write, write_bmf

MASTER_FILE, PUBLICATION_78, REVOCATIONS = (
    one.kinds[0] for one in (irs.MASTER_FILE, irs.PUBLICATION_78, irs.REVOCATIONS)
)
SDN = ofac.SDN.kinds[0]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("15-NOV-2017", date(2017, 11, 15)),
        ("15-nov-2017", date(2017, 11, 15)),
        ("29-FEB-2024", date(2024, 2, 29)),
        ("", None),
    ],
)
def test_a_date_is_a_day_of_the_calendar(written: str, day: date | None) -> None:
    assert parse_date(written) == day


@pytest.mark.parametrize("written", ["31-FEB-2017", "29-FEB-2023", "2017-11-15", "15/11/2017", "15-NOV-17", "NOV-2017"])
def test_what_is_no_day_of_the_calendar_is_a_bad_row(written: str) -> None:
    with pytest.raises(BadRow, match=f"date '{written}' is not a day of the calendar written DD-MON-YYYY"):
        parse_date(written)


@pytest.mark.parametrize(
    ("parse", "line", "reason"),
    [
        pytest.param(MASTER_FILE.parse, "001000001,TOO,SHORT", "3 fields where 28 are expected", id="bmf too short"),
        pytest.param(MASTER_FILE.parse, bmf_row(1) + ",", "29 fields where 28 are expected", id="bmf too long"),
        pytest.param(MASTER_FILE.parse, bmf_row(1, '"RIVERBEND'), "quoting: ", id="bmf unclosed quote"),
        pytest.param(MASTER_FILE.parse, bmf_row(1)[1:], "EIN 01000001 lost its leading zeros", id="bmf lost zero"),
        pytest.param(PUBLICATION_78.parse, pub78_row(1) + "|", "7 fields where 6 are expected", id="pub78 too long"),
        pytest.param(
            PUBLICATION_78.parse, pub78_row(1, "River | Bend"), "7 fields where 6 are expected", id="embedded pipe"
        ),
        pytest.param(PUBLICATION_78.parse, "0|a|b|c|d|PC", "EIN '0' is not nine digits", id="pub78 no EIN"),
        pytest.param(REVOCATIONS.parse, revocation_row(1, "31-FEB-2017"), "date '31-FEB-2017' is not", id="31-FEB"),
        pytest.param(REVOCATIONS.parse, revocation_row(1, posted="31-JUN-2018"), "date '31-JUN-2018'", id="31-JUN"),
        pytest.param(REVOCATIONS.parse, revocation_row(1, reinstated="soon"), "date 'soon' is not", id="reinstated"),
        pytest.param(REVOCATIONS.parse, revocation_row(1, posted=""), "revocation or posting date is missing", id="no"),
        pytest.param(SDN.parse, "x" + sdn_row(1, "A"), "entity number 'x1' is not a number", id="sdn without number"),
        pytest.param(SDN.parse, sdn_row(1, "A") + ",", "13 fields where 12 are expected", id="sdn too long"),
    ],
)
def test_a_bad_line_says_why(parse: Callable[[str], tuple[str, ...]], line: str, reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        parse(line)


def test_quoted_commas_and_doubled_quotes_belong_to_the_field() -> None:
    assert MASTER_FILE.parse(bmf_row(1, '"BYTES, ""BITS"" AND BOOKS"'))[1] == 'BYTES, "BITS" AND BOOKS'


def test_minus_zero_minus_is_ofacs_empty_field() -> None:
    fields = SDN.parse(sdn_row(9001, "ZORVANIA TRADE BUREAU"))
    assert fields == ("9001", "ZORVANIA TRADE BUREAU", "", "SAMPLE", *[""] * 8)


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("sdn.csv", "SDN list: main file"),
        ("alt.csv", "SDN list: alternate names"),
        ("add.csv", "SDN list: addresses"),
    ],
)
def test_ofac_files_are_told_apart_by_name(file: str, title: str) -> None:
    assert REGISTERS["ofac-sdn"].kind_of(file).title == title


def test_blank_leading_lines_a_header_and_a_closing_0x1a_are_passed_over(tmp_path: Path) -> None:
    published = write(tmp_path, "pub78.txt", "", "", pub78_row(1), pub78_row(2), " \t", "\x1a")
    assert [row.line for row in read_rows(published, PUBLICATION_78)] == [3, 4]
    assert [row.line for row in read_rows(write_bmf(tmp_path, 2), MASTER_FILE)] == [2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_a_line_end(tmp_path: Path, end: str) -> None:
    path = write(tmp_path, "pub78.txt", pub78_row(1), pub78_row(2), end=end)
    expected = [ParsedRow(1, ein(1), pub78_row(1)), ParsedRow(2, ein(2), pub78_row(2))]
    rows = [row._replace(name_key=None) for row in read_rows(path, PUBLICATION_78) if isinstance(row, ParsedRow)]
    assert rows == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "pub78.txt", pub78_row(1, "Café “Olé” — Ñandú"), encoding=encoding)
    (row,) = read_rows(path, PUBLICATION_78)
    assert isinstance(row, ParsedRow)
    assert PUBLICATION_78.parse(row.row)[1] == "Café “Olé” — Ñandú"


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(b"\xc3\n", id="a character of which half is missing"),
        pytest.param("Café\n".encode("cp1252"), id="Windows-1252 with its only accent at the end"),
        pytest.param(b"\x81\x8d\n", id="bytes that Windows-1252 does not have"),
    ],
)
def test_bytes_of_no_encoding_do_not_end_the_reading(tmp_path: Path, ending: bytes) -> None:
    path = tmp_path / "pub78.txt"
    path.write_bytes(f"{pub78_row(1)}\n000|".encode() + ending)
    assert [type(row) for row in read_rows(path, PUBLICATION_78)] == [ParsedRow, RejectedRow]


def test_a_nul_character_is_a_bad_row_and_can_still_be_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "pub78.txt", pub78_row(1), pub78_row(2, "River\x00bend"))
    _, bad = read_rows(path, PUBLICATION_78)
    assert isinstance(bad, RejectedRow)
    assert (bad.line, bad.reason) == (2, "a NUL character")
    assert "\x00" not in bad.row
