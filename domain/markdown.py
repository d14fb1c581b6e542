"""Escape what people wrote for Markdown: never markup, a link, an image, or the end of a cell."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    shown = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))
    return re.sub(r"(?i)\b(https?|ftp|mailto)(:)", r"\1\\\2", shown)
