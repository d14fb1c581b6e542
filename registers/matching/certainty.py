"""Tell a confirmed match from one of the same name only, which a person must judge (rules 3.7)."""

from __future__ import annotations

import re

from registers.matching.evidence import birth_evidence
from registers.matching.values import ListedKind, ListedName, Subject
from registers.matching.words.scripts import latin


def is_certain(subject: Subject, listing: ListedName) -> bool:
    """True if a subject of a listed name is the listed one by more than that.

    Of a person, the date of birth must agree, as far as the list knows it. An organisation must bear the listed name as
    it stands: the same words in the same order, with the same legal form. Ships and aircraft are told by their name.
    """
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
