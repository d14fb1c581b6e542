"""An invented OpenDocument sheet, by hand in its official format (OpenDocument 1.3, part 3, 9.1), and changed parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final
from xml.sax.saxutils import escape

_MIME: Final = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


class Formula(str):
    """A formula whose value was not saved."""

    __slots__ = ()


def open_document(rows: Iterable[Sequence[Any]], hidden: frozenset[int] = frozenset(), title: str = "Grants") -> bytes:
    """Return an .ods file with one sheet of these rows. `hidden`: numbers of rows that a filter hides."""
    lines = "".join(_row(row, is_hidden=number in hidden) for number, row in enumerate(rows, 1))
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="{title}">{lines}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", _MIME)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
    return written.getvalue()


_MANIFEST: Final = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _row(row: Sequence[Any], *, is_hidden: bool) -> str:
    shown = ' table:visibility="filter"' if is_hidden else ""
    return f"<table:table-row{shown}>{''.join(map(_cell, row))}</table:table-row>"


def _cell(value: Any) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case Formula():
            return f'<table:table-cell table:formula="of:{escape(value)}"/>'
        case date():
            kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        case int() | float():
            kind = f'office:value-type="float" office:value="{value}"'
        case _:
            kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one of its parts changed by hand."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(before.read(name)) if name == part else before.read(name))
    return written.getvalue()
