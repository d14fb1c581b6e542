"""The text of a PDF, read in the child alone."""

from __future__ import annotations

import io
import json
from encodings import utf_16_le  # noqa: F401 - read before no file can be opened
from typing import Final

import pypdfium2

MOST_PAGES: Final = 50
MOST_LETTERS: Final = 400_000


def read(content: bytes) -> bytes:
    """Return JSON: {"lines": the lines of a PDF's first pages}."""
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    pages = (document[number].get_textpage().get_text_range() for number in range(min(len(document), MOST_PAGES)))
    return json.dumps({"lines": "\n".join(pages)[:MOST_LETTERS].splitlines()}).encode()
