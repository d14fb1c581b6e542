"""Parts of one message that stand in it again: a bank sends a statement or a notification and its copy together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from payments.answers.elements import glimpse, local_name

_OF_ITS_COPY: Final = frozenset({"CreDtTm", "CpyDplctInd"})
"""Elements of a part in which a copy differs from what it is a copy of."""
_NUMBERS: Final = ("ElctrncSeqNb", "LglSeqNb")
_IDENTIFIER: Final = "Id"
"""A numbered statement may bear another identifier in its copy. Without a number nothing else tells two apart."""


def copies_in(parts: Sequence[Element]) -> frozenset[int]:
    """Return the places, from 0, of the parts of a message that say the same as one before them."""
    if len(parts) < 2:
        return frozenset()
    contents = [_content(part) for part in parts]
    return frozenset(place for place, content in enumerate(contents) if content in contents[:place])


def _content(part: Element) -> list[object]:
    """Return the names, attributes and texts in a part, but for those of a copy."""
    is_numbered = any(glimpse(part, number) for number in _NUMBERS) and local_name(part.tag) == "Stmt"
    left_out = _OF_ITS_COPY | ({_IDENTIFIER} if is_numbered else set())
    children = [child for child in part if isinstance(child.tag, str) and local_name(child.tag) not in left_out]
    return [
        (local_name(node.tag), tuple(node.attrib.items()), (node.text or "").strip())
        for child in children
        for node in child.iter()
        if isinstance(node.tag, str)
    ]
