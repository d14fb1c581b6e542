"""The table of bad files: each has one answer, in a line with the remedy, and nothing of it is kept or opened."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

import pikepdf
import pytest

from papers.examination.examiner import examine
from papers.examination.findings import PaperVerdict
from papers.kinds import PaperKind, PaperRefused, kind_of
from tests.papers import files


def png_of(width: int, height: int) -> bytes:
    """A PNG whose head says a size, with a line of points."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def workbook_with(parts: dict[str, bytes]) -> bytes:
    return files.archive({"xl/workbook.xml": b"<workbook/>", **parts})


def many_parts() -> bytes:
    """An archive whose directory alone has a quarter of a million entries."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 250_000
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, len(directory), 4, 0)
    return b"PK\x03\x04" + directory + end


def locked_to_print() -> bytes:
    """A PDF that opens without a password, and forbids what its owner forbade."""
    document, content = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(content, encryption=pikepdf.Encryption(owner="secret", user=""))
    return content.getvalue()


MACRO_TYPE: Final = b"<x ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>"
REFUSED: Final[dict[str, tuple[files.Paper, str]]] = {
    "a picture of 50,000 x 50,000": (png_of(50_000, 50_000), "100 million points; make the picture smaller"),
    "a picture of no points": (png_of(0, 10), "is not built as one"),
    "a directory of 250,000 parts": (many_parts(), "more than 2000 parts; hand in what is in it"),
    "a type of 150 MB": (lambda: files.archive({"mimetype": bytes(150 << 20)}), "unpacks to 150 MB"),
    "an archive of 64 bits": (
        files.archive({"a": b"x"})[:-22] + b"PK\x06\x07" + bytes(16) + files.archive({"a": b"x"})[-22:],
        "cannot be read; save it anew",
    ),
    "a PDF with a password of its owner's": (locked_to_print(), "encrypted; save it without a password"),
    "a PDF of nothing": (b"%PDF-1.7\nnothing\nstartxref\n0\n%%EOF", "not built as one"),
    "nothing": (b"", "it is empty"),
    "a byte of nothing": (b"\0", "none of PDF"),
    "a program's script behind a mark": ("\ufeff<script>alert(1)</script>".encode(), "web page"),
}
ACTIVE: Final[dict[str, tuple[files.Paper, str]]] = {
    "a script in a name of its document": (files.pdf(script="app.launchURL('http://x')"), "a script"),
    "an archive behind a PDF": (files.pdf(attachment=files.archive({"a.exe": b"MZ"})), "a file inside it"),
    "a workbook with a workbook inside": (
        lambda: workbook_with({"xl/embeddings/more.xlsx": files.bomb()}), "another program's file",
    ),
    "macros under another name": (
        workbook_with({"[Content_Types].xml": MACRO_TYPE}),
        "a macro",
    ),
    "a sheet that asks another program": (
        workbook_with({"xl/externalLinks/externalLink1.xml": b"<x><ddeLink ddeService='cmd'/></x>"}),
        "another program",
    ),
    "a sheet of text that starts a program": (b"name,sum\n=cmd|'/C calc'!A0,1\n", "a formula that starts a program"),
}  # fmt: skip


async def examined(paper: files.Paper, name: str = "report.pdf") -> tuple[PaperKind, PaperVerdict, str]:
    file = io.BytesIO(files.made(paper))
    kind = kind_of(file, name)
    finding = await examine(file, kind, "")
    return kind, finding.verdict, finding.why


@pytest.mark.parametrize("name", REFUSED)
async def test_a_file_that_is_none_is_refused_in_a_line_with_the_remedy(name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(PaperRefused, match=words) as refused:
        await examined(content)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ACTIVE)
async def test_what_acts_by_itself_is_kept_and_not_handed_out(name: str) -> None:
    content, words = ACTIVE[name]
    _, verdict, why = await examined(content, "list.csv")
    assert (verdict, verdict.opens) == (PaperVerdict.ACTIVE, False)
    assert words in why


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.picture("PNG"), PaperKind.PNG),
        (files.workbook(), PaperKind.XLSX),
        (b"\n" + files.pdf(script="app.alert(1)")[:20] + b"a text that names a PDF", PaperKind.TXT),
        (b"<p>a text</p>", PaperKind.TXT),
        (files.picture("JPEG") + files.archive({"a.exe": b"MZ"})[:60] + b"\xff\xd9", PaperKind.JPEG),
    ],
)
async def test_a_file_is_what_its_bytes_say_whatever_it_is_called(content: bytes, kind: PaperKind) -> None:
    found, verdict, _ = await examined(content, "report.pdf")
    assert found is kind
    assert verdict is PaperVerdict.NOT_SCANNED


async def test_a_sheet_of_negative_numbers_starts_nothing() -> None:
    _, verdict, _ = await examined(b"name,sum\nTravel,-5.00\n+1 555 0100,=1+1\n", "list.csv")
    assert verdict is PaperVerdict.NOT_SCANNED
