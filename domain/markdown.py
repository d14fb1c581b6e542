"""Escape user text for Markdown, so that it is never markup, a link, an image, or the end of a table cell."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Return the text on one line, escaped so that Markdown shows it literally."""
    shown = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))
    return re.sub(r"(?i)\b(https?|ftp|mailto)(:)", r"\1\\\2", shown)
