"""Look into a workbook or a text document, in the child alone: macros, and files of other programs."""

from __future__ import annotations

import io
import zipfile
from encodings import cp437  # noqa: F401 - names in archives are read by it, once no file can be opened any more
from typing import Final

from papers.examination.findings import Content

_MACROS: Final = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "basic/", "scripts/", "activex/", "embeddings/")
"""Parts that hold macros, programs or files of other programs, in small letters."""
_TYPES: Final = "[Content_Types].xml"


def look(content: bytes) -> Content:
    """Return the things in it that act by themselves, by its directory and by its own list of types."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        types = archive.read(_TYPES)[: 1 << 20] if _TYPES in names else b""
        if bad_part := archive.testzip():
            return Content(failed=f"its part {bad_part[:60]!r} cannot be read")
    has_macro = any(part in name.lower() for name in names for part in _MACROS) or b"macroEnabled" in types
    return Content(pages=1, active=("a macro, or another program's file",) if has_macro else ())
