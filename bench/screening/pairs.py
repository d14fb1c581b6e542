"""Labelled pairs of names from the lists: two names of one entity, and a name with another entity's that is nearest.

Nothing here knows how names are compared. An entity is drawn for one purpose only, by a fixed seed: the pairs that a
matcher is tuned on are of others than those that it is shown with.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from anyascii import anyascii
from defusedxml.ElementTree import iterparse
from rapidfuzz import fuzz, process

from bench.screening.lists import listed_names
from registers.matching import ListedKind, ListedName, Quality

SEED: Final = 20_260_702
ENTITIES: Final = 1_500
"""Entities of a draw whose names in Latin letters make pairs. Those with names in other scripts are all taken."""

SCRIPTS: Final = ("LATIN", "ARABIC", "CYRILLIC", "HEBREW", "CJK", "HANGUL", "GREEK")


class Draw(StrEnum):
    """The purpose of a draw of entities. No entity is in two."""

    TUNING = "tuning"
    SHOWING = "showing"


class Pair(NamedTuple):
    """A party's name and a listed name, and whether they are of one entity."""

    party: str
    listed: ListedName
    same: bool

    @property
    def script(self) -> str:
        """The script of the name that is not in Latin letters, or LATIN."""
        return next((name for name in map(script_of, (self.party, self.listed.name)) if name != "LATIN"), "LATIN")

    @property
    def shares(self) -> bool:
        """True if the names have a word in common, once both are in plain Latin letters."""
        return bool(words_of(self.party) & words_of(self.listed.name))


def script_of(name: str) -> str:
    """Return the script of the first letter that is not Latin, or LATIN."""
    found = (script for letter in name for script in SCRIPTS[1:] if unicodedata.name(letter, "").startswith(script))
    return next(found, "LATIN")


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name in plain Latin letters, single letters left out."""
    return frozenset(re.findall(r"[a-z0-9]{2,}", anyascii(name).lower()))


def pairs(data: Path, draw: Draw) -> list[Pair]:
    """Return the pairs of a draw."""
    names = defaultdict[str, list[ListedName]](list)
    for name in (*listed_names(data), *original_scripts(data)):
        if name.quality is not Quality.WEAK and draw is draw_of(name.entity):
            names[name.entity].append(name)
    chance = random.Random(SEED)
    entities = [entity for entity in names.values() if len({words_of(name.name) for name in entity}) > 1]
    latin = [entity for entity in entities if all(script_of(name.name) == "LATIN" for name in entity)]
    chosen = chance.sample(latin, min(ENTITIES, len(latin))) + [entity for entity in entities if entity not in latin]
    same = [pair for entity in chosen for pair in _of_one(entity, chance)]
    return same + list(_of_others(same, [name for entity in names.values() for name in entity], chance))


def original_scripts(data: Path) -> Iterator[ListedName]:
    """Yield the names that the United Nations give in the script of their bearer."""
    for _, item in iterparse(data / "un/UN_consolidated.xml"):
        if item.tag in ("INDIVIDUAL", "ENTITY") and (name := " ".join((item.findtext(_ORIGINAL) or "").split())):
            kind = ListedKind.PERSON if item.tag == "INDIVIDUAL" else ListedKind.ENTITY
            yield ListedName(0, f"un {item.findtext('DATAID')}", name, kind, Quality.ALIAS)


_ORIGINAL: Final = "NAME_ORIGINAL_SCRIPT"


def draw_of(entity: str) -> Draw:
    """Return the draw that an entity belongs to, by its key."""
    return Draw.TUNING if crc32(entity.encode()) % 2 else Draw.SHOWING


def _of_one(entity: Sequence[ListedName], chance: random.Random) -> Iterator[Pair]:
    """Yield up to two pairs of an entity: its first name as listed, and others as its party writes them."""
    first, *others = entity
    scripts = [name for name in others if script_of(name.name) != "LATIN"]
    latin = [name for name in others if script_of(name.name) == "LATIN" and words_of(name.name) != words_of(first.name)]
    for name in (*chance.sample(latin, min(1, len(latin))), *scripts[:1]):
        yield Pair(name.name, first, same=True)


def _of_others(same: Sequence[Pair], names: Sequence[ListedName], chance: random.Random) -> Iterator[Pair]:
    """Yield a pair for each of one entity: the name beside the nearest of another entity of the same list and kind.

    The nearest is by letters for one half, and one that shares a word for the other half.
    """
    kept = [name for name in names if script_of(name.name) == "LATIN"]
    plain = {kind: [(_plain(name.name), name) for name in kept if name.kind is kind] for kind in ListedKind}
    by_word = _by_word(kept)
    for number, pair in enumerate(same):
        near = _sharing(pair, by_word, chance) if number % 2 else None
        if near := near or _nearest(pair, plain[pair.listed.kind]):
            yield Pair(pair.party, near, same=False)


def _by_word(names: Iterable[ListedName]) -> dict[tuple[ListedKind, str], list[ListedName]]:
    found = defaultdict[tuple[ListedKind, str], list[ListedName]](list)
    for name in names:
        for word in sorted(words_of(name.name)):
            found[name.kind, word].append(name)
    return found


def _is_another(name: ListedName, pair: Pair) -> bool:
    """True if a name is of another entity of the same list: two lists often name the same person."""
    return name.entity != pair.listed.entity and name.entity.split()[0] == pair.listed.entity.split()[0]


def _sharing(
    pair: Pair, by_word: dict[tuple[ListedKind, str], list[ListedName]], chance: random.Random
) -> ListedName | None:
    words = sorted(words_of(pair.party), key=lambda word: (len(by_word.get((pair.listed.kind, word), ())), word))
    for word in words:
        others = [name for name in by_word.get((pair.listed.kind, word), ()) if _is_another(name, pair)]
        if others:
            return chance.choice(others)
    return None


def _nearest(pair: Pair, plain: Sequence[tuple[str, ListedName]]) -> ListedName | None:
    others = [(text, name) for text, name in plain if _is_another(name, pair)]
    found = process.extractOne(_plain(pair.party), [text for text, _ in others], scorer=fuzz.ratio)
    return others[found[2]][1] if found else None


def _plain(name: str) -> str:
    return " ".join(sorted(words_of(name)))
