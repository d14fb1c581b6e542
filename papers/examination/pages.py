"""A page of a PDF as a picture, made in the child alone."""

from __future__ import annotations

import io
from typing import Final

import pypdfium2

from papers.examination.pictures import HIGHEST, WIDTH, as_png

MOST_PAGES: Final = 50


def show(content: bytes, page: int) -> bytes:
    """Return a page as PNG. `page`: from 1."""
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    if not 1 <= page <= min(len(document), MOST_PAGES):
        raise IndexError(page)
    sheet = document[page - 1]
    width, height = sheet.get_size()
    scale = min(WIDTH / max(width, 1), HIGHEST / max(height, 1))
    return as_png(sheet.render(scale=scale).to_pil())
