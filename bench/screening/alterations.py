"""Write a name otherwise: a slip, another order, a word less, another transcription. Nothing here knows the matcher."""

from __future__ import annotations

import random
import re
from typing import Final

from anyascii import anyascii

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SPELLINGS: Final = (
    (r"\bm[ou]hamm?[ae]d\b", "mohamed muhammad mohammed mohammad mohamad"),
    (r"\by(?:usuf|ousu?s?ef|usef)\b", "yusuf youssef yousef yusef"),
    (r"\bh(?:ussein|usayn|ussain|osein|usein)\b", "hussein husayn hussain hosein"),
    (r"\bahm[ae]d\b", "ahmed ahmad"),
    (r"\babd[ue]l\b", "abdul abdel abdal"),
    (r"ou|(?<=[a-z])u(?=[bdklmnrst])", "ou u"),
    (r"ee|(?<=[bdfhklmnrst])i(?=[bdklmnrst])", "ee i"),
    (r"kh|(?<![cgkpstwz])h(?=[aeiou])", "kh h"),
    (r"q|k(?=[aou])", "q k"),
    (r"y(?=[ae])|i(?=[ae])|(?<=[bdhlmnrt])[yi]\b", "y i"),
    (r"ph|f(?=[aeiou])", "ph f"),
    (r"(?:ov|off)\b", "ov off"),
    (r"(?:ev|eff)\b", "ev eff"),
    (r"w(?=[aeiou])|v(?=[aeiou])", "w v"),
    (r"sk(?:y|iy|ii|i)\b", "sky skiy skii ski"),
    *((rf"(?<=[aeiou]){letter}{{1,2}}(?=[aeiou])", f"{letter} {letter}{letter}") for letter in "bdlmnrst"),
)
"""Patterns of a sound or a name, each with its common spellings, which are exchanged for one another."""


def slip(name: str, chance: random.Random) -> str | None:
    """Return the name with one letter changed, dropped or added, or two letters swapped."""
    place = chance.choice([place for place, letter in enumerate(name) if letter.isalpha()] or [0])
    letter, after = name[place], name[place + 1 : place + 2]
    written = chance.choice((chance.choice(LETTERS), "", letter + chance.choice(LETTERS), after + letter))
    return name[:place] + written + name[place + (2 if written == after + letter else 1) :]


def reorder(name: str, chance: random.Random) -> str | None:
    """Return the name with the surname moved, or beginning with another word."""
    if name.count(",") == 1:
        return " ".join(reversed(name.split(",")))
    words = name.split()
    place = chance.randrange(1, len(words)) if len(words) > 1 else 0
    return " ".join(words[place:] + words[:place])


def omit(name: str, chance: random.Random) -> str | None:
    """Return the name without a word that is neither the first nor the last, or None if it has no such word."""
    surname, _, given = name.partition(", ")
    words = f"{given} {surname}".split() if name.count(",") == 1 else name.split()
    if len(words) < 3:
        return None
    del words[chance.randrange(1, len(words) - 1)]
    return " ".join(words)


def transcribe(name: str, chance: random.Random) -> str | None:
    """Return the name without accents, with up to two sounds transcribed otherwise, or None if that changes nothing."""
    plain = anyascii(name).lower()
    known = [(pattern, spellings) for pattern, spellings in SPELLINGS if re.search(pattern, plain)]
    for pattern, spellings in chance.sample(known, min(2, len(known))):
        met = re.search(pattern, plain)
        if met:
            other = chance.choice([one for one in spellings.split() if one != met[0]])
            plain = plain[: met.start()] + other + plain[met.end() :]
    return plain if plain != name.lower() else None
