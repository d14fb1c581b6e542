"""Look into a PDF, in the child alone: its pages, and what in it acts by itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from papers.examination.findings import Content

MOST_OBJECTS: Final = 200_000
_ACTIONS: Final = {
    "/JavaScript": "a script",
    "/Launch": "a program to start",
    "/SubmitForm": "a form that is sent by itself",
    "/ImportData": "data to be fetched",
    "/GoToE": "a file inside it",
    "/RichMedia": "a film or a program",
}
"""Actions and annotations of a PDF that act by themselves (ISO 32000-2, 12.6.4), in words."""


def _ready() -> None:
    """Have the library find its ciphers, which it cannot once no file can be opened."""
    locked = io.BytesIO()
    pikepdf.new().save(locked, encryption=pikepdf.Encryption(owner="a", user=""))
    pikepdf.open(locked).close()


_ready()
_UNREADABLE: Final = Content(refused="it is encrypted; save it without a password")


def look(content: bytes) -> Content:
    """Return the number of pages, and what acts by itself."""
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                return _UNREADABLE
            return Content(len(document.pages), tuple(sorted({*_acting(document)})))
    except pikepdf.PasswordError:
        return _UNREADABLE
    except pikepdf.PdfError:
        return Content(refused="it begins as a PDF and is not built as one; save it as a PDF anew")


def _acting(document: pikepdf.Pdf) -> Iterator[str]:
    if len(document.objects) > MOST_OBJECTS:
        raise ValueError("too many objects")
    for part in document.objects:
        yield from _within(part)


def _within(whole: Any) -> Iterator[str]:
    """Yield the things that act in one object, and in those that stand in it without a number of their own."""
    if isinstance(whole, pikepdf.Array):
        parts = list(whole)
    elif isinstance(whole, pikepdf.Dictionary | pikepdf.Stream):
        yield from _of_dictionary(whole)
        parts = [value for _, value in whole.items()]
    else:
        return
    for part in parts:
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            yield from _within(part)


def _of_dictionary(dictionary: Any) -> Iterator[str]:
    keys = {*dictionary.keys()}
    types = {str(dictionary.get(name)) for name in ("/S", "/Subtype", "/Type") if name in keys}
    yield from (words for action, words in _ACTIONS.items() if action in types)
    if keys & {"/JS", "/JavaScript"}:
        yield _ACTIONS["/JavaScript"]
    if keys & {"/EmbeddedFiles", "/EF"} or "/EmbeddedFile" in types:
        yield "a file inside it"
    if "/XFA" in keys:
        yield "a form with scripts"
