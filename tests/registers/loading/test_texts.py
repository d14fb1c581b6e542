"""A file is whole lines of one encoding, or tells where it is not. No file is too large or too odd to be read."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from registers.loading import texts
from registers.loading.rows import ParsedRow, RejectedRow, read_rows
from registers.loading.texts import CutOff, NumberedLine, Unfit, lines
from registers.sources.irs import MASTER_FILE, PUBLICATION_78, REVOCATIONS
from registers.sources.kinds import BadRow, FileKind
from registers.sources.ofac import CONSOLIDATED, SDN
from registers.sources.united_nations import CONSOLIDATED as UNITED_NATIONS
from tests.registers.files import bmf_row, pub78_row, revocation_row

CLOSED = partial(lines, closed=True)
ACCENTS = "Café “Olé” — Ñandú"
LONGEST = 64 << 10
MIDDLE = "the file ends in the middle of this line"
UNMARKED = "the file ends here without its closing 0x1A"


def holding(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def last(path: Path, split: Callable[[Path], object]) -> NumberedLine | None:
    found = list(split(path))  # type: ignore[call-overload]
    return found[-1] if found else None


# The end of a file


@pytest.mark.parametrize(
    ("split", "content", "cut_off"),
    [
        pytest.param(lines, b"a\nb\n", None, id="a line end"),
        pytest.param(lines, b"a\r\nb\r\n", None, id="CR LF"),
        pytest.param(lines, b"a\rb\r", None, id="CR"),
        pytest.param(lines, b"a\r\nb\r\n\x1a", None, id="the mark"),
        pytest.param(lines, b"", None, id="nothing"),
        pytest.param(lines, b"a\nb", CutOff(2, MIDDLE), id="no line end"),
        pytest.param(CLOSED, b"a\r\nb\r\n\x1a", None, id="closed"),
        pytest.param(CLOSED, b"a\r\nb\r\n\x1a\r\n\r\n", None, id="closed, and blank lines"),
        pytest.param(CLOSED, b"\x1a", None, id="closed, and nothing else"),
        pytest.param(CLOSED, b"a\r\nb\r\n", CutOff(2, UNMARKED), id="not closed"),
        pytest.param(CLOSED, b"a\r\nb", CutOff(2, MIDDLE), id="not closed, and no line end"),
        pytest.param(CLOSED, b"", CutOff(1, UNMARKED), id="to be closed, and nothing"),
    ],
)
@pytest.mark.parametrize("bytes_at_once", [1, 2, 1 << 20])
def test_where_a_file_is_cut_off_is_told_last(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    split: Callable[[Path], object],
    content: bytes,
    cut_off: CutOff | None,
    bytes_at_once: int,
) -> None:
    monkeypatch.setattr(texts, "_CHUNK", bytes_at_once)
    found = last(holding(tmp_path, content), split)
    assert (found if isinstance(found, CutOff) else None) == cut_off


@pytest.mark.parametrize(
    ("file", "closed"),
    [("sdn.csv", True), ("alt.csv", True), ("add.csv", True), ("sdn_comments.csv", False)],
)
def test_the_files_of_the_sdn_list_are_closed_but_for_the_long_remarks(tmp_path: Path, file: str, closed: bool) -> None:
    found = last(holding(tmp_path, b"row\r\n"), SDN.kind_of(file).split)
    assert isinstance(found, CutOff) == closed


@pytest.mark.parametrize("kind", [*CONSOLIDATED.kinds, MASTER_FILE.kinds[0]], ids=lambda kind: kind.title)
def test_of_the_other_files_nobody_knows_a_mark(tmp_path: Path, kind: FileKind) -> None:
    assert last(holding(tmp_path, b"row\r\n"), kind.split) == (1, "row")


# Lines, wherever the file is cut for reading


@pytest.mark.parametrize("bytes_at_once", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_does_not_matter_where_the_file_is_cut_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, bytes_at_once: int
) -> None:
    monkeypatch.setattr(texts, "_CHUNK", bytes_at_once)
    path = holding(tmp_path, "".join(line + end for line in (ACCENTS, "", "b", "  ", ACCENTS)).encode("utf-8-sig"))
    assert list(lines(path)) == [(1, ACCENTS), (3, "b"), (5, ACCENTS)]


# Encodings


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_a_bad_byte_in_a_file_of_utf_8_makes_its_line_bad_and_no_other(tmp_path: Path, mark: bytes) -> None:
    path = holding(tmp_path, mark + f"{ACCENTS}\nplain\nCaf".encode() + b"\xff\n" + f"{ACCENTS}\n".encode())
    assert list(lines(path)) == [
        (1, ACCENTS),
        (2, "plain"),
        Unfit(3, "Caf\ufffd", "not UTF-8 at byte 4 (0xFF)"),
        (4, ACCENTS),
    ]


def test_an_older_file_in_which_two_letters_happen_to_be_utf_8_is_still_an_older_file(tmp_path: Path) -> None:
    content = "".join(f"{name}\n" for name in ("CAFÉ’S", "Olé", "Ñandú"))
    assert [row[1] for row in lines(holding(tmp_path, content.encode("cp1252")))] == ["CAFÉ’S", "Olé", "Ñandú"]


def test_a_file_of_which_no_line_is_utf_8_is_an_older_one(tmp_path: Path) -> None:
    assert list(lines(holding(tmp_path, b"plain\nCaf\xe9\n\x81\n"))) == [(1, "plain"), (2, "Café"), (3, "\x81")]


# Lines and reasons without bound


@pytest.mark.parametrize("length", [LONGEST + 1, 3 << 20], ids=["a little", "much"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_that_is_too_long_for_a_row_is_bad_and_the_others_stay_good(
    tmp_path: Path, length: int, end: str
) -> None:
    path = holding(tmp_path, "".join(line + end for line in ("a", "x" * length, "b", "y" * LONGEST)).encode())
    assert list(lines(path)) == [
        (1, "a"),
        Unfit(2, "x" * 500, f"{length} bytes, and no row has more than {LONGEST}"),
        (3, "b"),
        (4, "y" * LONGEST),
    ]


@pytest.mark.slow
def test_a_file_without_a_line_end_is_read_in_little_memory(tmp_path: Path) -> None:
    path = holding(tmp_path, b"\x00" * (40 << 20))
    tracemalloc.start()
    found = list(read_rows(path, PUBLICATION_78.kinds[0]))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    reason = f"{40 << 20} bytes, and no row has more than {LONGEST}"
    assert found == [RejectedRow(1, reason, "\ufffd" * 500), CutOff(1, MIDDLE)]
    assert most < 8 << 20


def test_an_element_that_is_too_long_for_a_row_is_bad_and_the_others_stay_good(tmp_path: Path) -> None:
    good = "<ENTITY><DATAID>2</DATAID><FIRST_NAME>OBSIDIAN PIER</FIRST_NAME></ENTITY>"
    long = f"<ENTITY><DATAID>1</DATAID><FIRST_NAME>{'X' * LONGEST}</FIRST_NAME></ENTITY>"
    one, other = read_rows(holding(tmp_path, f"<LIST>\n{long}\n{good}</LIST>".encode()), UNITED_NATIONS.kinds[0])
    assert isinstance(one, RejectedRow)
    assert (one.line, one.row) == (2, long[:500])
    assert one.reason.endswith(f" bytes, and no row has more than {LONGEST}")
    assert isinstance(other, ParsedRow)


LONG = "9" * 30_000


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        pytest.param(MASTER_FILE.kinds[0], bmf_row(1).replace("001000001", LONG), id="bmf"),
        pytest.param(PUBLICATION_78.kinds[0], pub78_row(1).replace("001000001", LONG), id="pub78"),
        pytest.param(REVOCATIONS.kinds[0], revocation_row(1, posted=LONG), id="revocation"),
        pytest.param(SDN.kind("names"), f'{LONG},1,"aka","A",-0- ', id="ofac"),
        pytest.param(
            UNITED_NATIONS.kinds[0],
            f"<ENTITY><DATAID>{LONG}</DATAID><FIRST_NAME>A</FIRST_NAME></ENTITY>",
            id="united nations",
        ),
    ],
)
def test_a_reason_holds_no_whole_field(kind: FileKind, row: str) -> None:
    with pytest.raises(BadRow) as caught:
        kind.parse(row)
    assert len(str(caught.value)) < 150
