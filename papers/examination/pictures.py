"""Look into a picture and show it drawn anew, in the child alone."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, JpegImagePlugin, PngImagePlugin  # noqa: F401 - read before no file can be opened

from papers.examination.findings import Content

MOST_POINTS: Final = 100_000_000
WIDTH: Final = 1_100
"""Points of a picture's width, at most."""
HIGHEST: Final = 2_200
Image.preinit()
Image.MAX_IMAGE_PIXELS = None  # it is refused below, in words and not by a fault of the library


def look(content: bytes) -> Content:
    """Return the one page of a picture that can be read to its end."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_POINTS:
                return Content(refused="it has more than 100 million points; make the picture smaller")
            picture.load()
    except (OSError, SyntaxError, ValueError):
        return Content(refused="it begins as a picture and is not built as one to its end; save the picture anew")
    return Content(pages=1)


def show(content: bytes, page: int) -> bytes:
    """Return it as PNG, with its points alone: what stood beside them, such as a place, is left out."""
    if page != 1:
        raise IndexError(page)
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
        return as_png(picture)


def as_png(picture: Image.Image) -> bytes:
    """Return a picture as PNG, of a size that a page shows."""
    copy, content = picture.convert("RGB"), io.BytesIO()
    copy.thumbnail((WIDTH, HIGHEST))
    copy.save(content, "PNG")
    return content.getvalue()
