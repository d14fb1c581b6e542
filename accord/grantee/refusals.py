"""The reason for which a paper was refused, as the door says it in each language."""

from __future__ import annotations

from typing import Final

_REASONS: Final = (
    ("it is empty", "EMPTY"),
    ("encrypted", "ENCRYPTED"),
    ("web page", "PROGRAM"),
    ("it is none of", "KIND"),
    ("erased", "GONE"),
    ("unpacks to", "ARCHIVE"),
    ("and none of XLSX", "ARCHIVE"),
    ("parts", "ARCHIVE"),
    (" MB, and a paper", "LARGE"),
    ("million points", "LARGE"),
    ("cannot be read", "BROKEN"),
    ("begins as", "BROKEN"),
)
"""By the words in which `papers` refuses a file, which staff read: the reason. The first that stands in them counts."""


def refusal_reason(verdict: str, why: str) -> str:
    """Return the key of the words for a verdict, and for the reason that its examination wrote down."""
    if verdict == "FOUND":
        return "refused.FOUND"
    return next((f"refused.{reason}" for words, reason in _REASONS if words in why), "refused.OTHER")
