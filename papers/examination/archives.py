"""Look into a workbook, a text document or a sheet of text, in the child alone: what in it acts by itself."""

from __future__ import annotations

import io
import re
import zipfile
from encodings import cp437  # noqa: F401 - names in archives are read by it, once no file can be opened any more
from typing import Final

from papers.examination.findings import Content

_MACROS: Final = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "basic/", "scripts/", "activex/", "embeddings/")
"""Parts that hold macros, programs or files of other programs, in small letters."""
_MACRO: Final = "a macro, or another program's file"
_LINKS: Final = "externallinks/"
_STARTS: Final = re.compile(rb"(?:^|[,;\t\"'])\s*[=+@-][^,;\t\r\n]{0,200}\|[^\r\n]{0,400}!", re.MULTILINE)
"""A cell that asks another program by its name, as `=cmd|'/C calc'!A0` does (Dynamic Data Exchange)."""
_TYPES: Final = "[Content_Types].xml"


def look(content: bytes) -> Content:
    """Return the things in it that act by themselves, by its directory and by its own list of types."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        types = archive.read(_TYPES)[: 1 << 20] if _TYPES in names else b""
        if bad_part := archive.testzip():
            return Content(failed=f"its part {bad_part[:60]!r} cannot be read")
        asks = any(b"ddeLink" in archive.read(name) for name in names if _LINKS in name.lower())
    has_macro = any(part in name.lower() for name in names for part in _MACROS) or b"macroEnabled" in types
    active = [words for words, acts in ((_MACRO, has_macro), ("a link to another program", asks)) if acts]
    return Content(pages=1, active=tuple(active))


def look_at_text(content: bytes) -> Content:
    """Return that a sheet of text starts a program, where one of its cells asks a sheet's program for that."""
    return Content(pages=1, active=("a formula that starts a program",) if _STARTS.search(content) else ())
