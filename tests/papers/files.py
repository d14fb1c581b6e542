"""Real files of each kind, made by libraries, and files that harm."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Final

import openpyxl
import pikepdf
from PIL import Image

EICAR: Final = base64.b64decode(
    b"WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
)
"""The test file of the European Institute for Computer Anti-Virus Research, which every scanner finds."""

SCANNER: Final = "sh -c 'if grep -q EICAR-STANDARD; then echo Eicar-Test-Signature; exit 1; else exit 0; fi'"
"""A scanner as a command, which finds that file alone."""


def pdf(pages: int = 2, script: str = "", attachment: bytes = b"", launch: str = "", password: str = "") -> bytes:
    """A PDF with a word on each page."""
    document, content = pikepdf.new(), io.BytesIO()
    for number in range(1, pages + 1):
        document.add_blank_page(page_size=(595, 842))
        stream = f"BT /F1 40 Tf 100 700 Td (Page {number}) Tj ET".encode()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        document.pages[-1].Contents = document.make_stream(stream)
        document.pages[-1].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    if script:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(script))
    if launch:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String(launch))
    if attachment:
        document.attachments["more.txt"] = pikepdf.AttachedFileSpec(document, attachment)
    locked = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(content, encryption=locked) if locked else document.save(content)
    return content.getvalue()


def workbook(macro: bool = False) -> bytes:
    """An XLSX workbook of two rows. `macro`: with a part that holds macros."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Line", "Spent"])
    book.active.append(["Travel", 1250])
    book.active.append(['=HYPERLINK("http://example.org")', "<script>alert(1)</script>"])
    book.save(content)
    if macro:
        with zipfile.ZipFile(content, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return content.getvalue()


Paper = bytes | Callable[[], bytes]
"""The bytes of a paper, or what makes a large one where it is tried: each process of a run collects every file."""


def made(paper: Paper) -> bytes:
    """The bytes of a paper."""
    return paper if isinstance(paper, bytes) else paper()


def archive(parts: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packed) as packing:
        for name, part in parts.items():
            packing.writestr(name, part)
    return content.getvalue()


def document_text() -> bytes:
    """A DOCX of two paragraphs."""
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("The first.", "The second."))
    return archive(
        {"word/document.xml": f'<w:document xmlns:w="{words}"><w:body>{body}</w:body></w:document>'.encode()}
    )


def open_document(sheet: bool) -> bytes:
    """An ODS sheet or an ODT text."""
    kind = "spreadsheet" if sheet else "text"
    office = "urn:oasis:names:tc:opendocument:xmlns"
    text = f'<t:p xmlns:t="{office}:text:1.0">Travel</t:p>'
    cells = f'<b:table-row xmlns:b="{office}:table:1.0"><b:table-cell>{text}</b:table-cell></b:table-row>'
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": f"<root>{cells if sheet else text}</root>".encode(),
        }
    )


@cache
def bomb() -> bytes:
    """A workbook of 205 KB that unpacks to 200 MB."""
    return archive({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(200 * 1024 * 1024)})


def picture(form: str = "PNG") -> bytes:
    """A small picture."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(content, form)
    return content.getvalue()
