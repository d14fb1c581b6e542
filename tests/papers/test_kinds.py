"""The kind of a file is what its first bytes and its structure both say; everything else is refused in one line."""

from __future__ import annotations

import io

import pytest

from papers.kinds import MOST_BYTES, PaperKind, PaperRefused, kind_of
from tests.papers import files

GOOD = {
    PaperKind.PDF: files.pdf(),
    PaperKind.PNG: files.picture(),
    PaperKind.JPEG: files.picture("JPEG"),
    PaperKind.XLSX: files.workbook(),
    PaperKind.DOCX: files.document_text(),
    PaperKind.ODS: files.open_document(sheet=True),
    PaperKind.ODT: files.open_document(sheet=False),
    PaperKind.CSV: b"line;spent\n1;10.00\n",
    PaperKind.TXT: "Señal, 10 €\n".encode(),
}

BAD: dict[str, tuple[files.Paper, str]] = {
    "empty": (b"", "empty"),
    "HTML called a PDF": (b"%PDF-1.7\n<html><script>alert(1)</script></html>", "does not end as one"),
    "HTML": (b"  <!DOCTYPE html><p>x", "web page"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "web page"),
    "a program": (b"MZ\x90\0\x03\0\0\0", "none of PDF"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "none of PDF"),
    "a zip of anything": (files.archive({"a.exe": b"x"}), "none of XLSX"),
    "a zip that is cut": (files.workbook()[:-30], "cannot be read"),
    "a PNG of another": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not built as one"),
    "a JPEG without end": (files.picture("JPEG")[:-30], "end is missing"),
    "200 MB in 205 KB": (files.bomb, "unpacks to 200 MB"),
    "thousands of parts": (files.archive({f"p{number}": b"" for number in range(2001)}), "2001 parts"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_each_of_the_nine_kinds_is_known(kind: PaperKind) -> None:
    assert kind_of(io.BytesIO(GOOD[kind]), f"a{kind.suffix}") is kind


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_refused_in_a_line_that_says_what_to_do(name: str) -> None:
    content, words = BAD[name]
    with pytest.raises(PaperRefused, match=words):
        kind_of(io.BytesIO(files.made(content)), "report.pdf")


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(PaperRefused, match="at most 25"):
        kind_of(io.BytesIO(b"%PDF-" + bytes(MOST_BYTES)))


@pytest.mark.parametrize("kind", GOOD)
def test_every_kind_has_a_media_type_and_an_end(kind: PaperKind) -> None:
    assert "/" in kind.media_type
    assert kind.suffix.startswith(".")
