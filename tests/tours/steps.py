"""The steps of a tour by browser, as the document writes them: what is pressed, filled in, read and typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.tours.documents import Typed, typed_in_block

WORD: Final = re.compile(
    r"(?P<open>[Oo]pen the (?P<where>console|counter))"
    r"|[Ww]rite\s+“(?P<text>[^”]+)”\s+in\s+\*\*(?P<field>.+?)\*\*"
    r"|tick\s+\*\*(?P<tick>.+?)\*\*"
    r"|(?:[Pp]ress|then|presses)\s+\*\*(?P<press>.+?)\*\*"
    r"|\*\*(?P<sees>.+?)\*\*"
    r"|(?:says|asks|sign,)\s+“(?P<says>.+?)”(?=[.,;:]|\s)"
    r"|^```\n(?P<block>.+?)^```",
    re.MULTILINE | re.DOTALL,
)
AFTER: Final = re.compile(r"\n\n(?=[A-Z!])")
"""Where the text goes on after a list."""


class Step(NamedTuple):
    """One thing that a reader does or sees."""

    does: str
    """open, write, tick, press, sees, says or type."""
    words: str
    text: str = ""
    typed: Typed | None = None


def numbered(text: str) -> list[str]:
    """The numbered items of a tour, each with the block below it."""
    return [AFTER.split(item)[0] for item in re.split(r"^\d\. ", text, flags=re.MULTILINE)[1:]]


def steps_of(item: str) -> Iterator[Step]:
    """What an item tells its reader to do and to see, in order."""
    for found in WORD.finditer(item):
        part = {name: " ".join(text.split()) for name, text in found.groupdict().items() if text and name != "block"}
        if block := found["block"]:
            yield from (Step("type", one.line, typed=one) for one in typed_in_block(block))
        elif "open" in part:
            yield Step("open", part["where"])
        elif "field" in part:
            yield Step("write", part["field"], part["text"])
        else:
            ((does, words),) = part.items()
            yield Step(does, words)
