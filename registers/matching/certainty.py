"""Tell a confirmed match from one of the same name only, which a person must judge (rules 3.7)."""

from __future__ import annotations

import re

from registers.matching.evidence import birth_evidence
from registers.matching.values import NEWEST, THINGS, ListedKind, ListedName, Manner, Quality, Subject
from registers.matching.words.scripts import latin
from registers.matching.words.ships import is_announced


def is_certain(subject: Subject, listing: ListedName, manner: Manner = NEWEST) -> bool:
    """True if a subject of a listed name is the listed one by more than that.

    Of a person, the date of birth must agree, as far as the list knows it. An organisation must bear the listed name as
    it stands: the same words in the same order, with the same legal form. Ships and aircraft are told by their name, if
    something before it says what they are. A weak alias only ever asks.
    """
    return (manner is Manner.FIRST or _tells(subject, listing)) and _agrees(subject, listing)


def _tells(subject: Subject, listing: ListedName) -> bool:
    """True if a listed name is no weak alias, and no ship's or aircraft's that is asked for as an organisation."""
    return listing.quality is not Quality.WEAK and (listing.kind not in THINGS or is_announced(latin(subject.name)))


def _agrees(subject: Subject, listing: ListedName) -> bool:
    match listing.kind:
        case ListedKind.PERSON:
            born = birth_evidence(subject, listing)
            return born is not None and born.points > 0
        case ListedKind.ENTITY:
            return _letters(subject.name) == _letters(listing.name)
        case ListedKind.VESSEL | ListedKind.AIRCRAFT:
            return True


def _letters(name: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", latin(name))
