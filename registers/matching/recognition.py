"""Compare two names of organisations leniently, since registers abbreviate or add words."""

from __future__ import annotations

from rapidfuzz import fuzz

from registers.matching.values import Manner, SubjectKind
from registers.matching.words.words import read


def recognition(name: str, other_name: str) -> float:
    """Return the agreement of two names, from 0 to 100: added words do not count against it.

    Differences in case, accents, script, punctuation, legal form, word order and spacing are ignored.
    """
    # In the first manner for ever: the agreement is recorded, and is made anew from the archive.
    reading, other_reading = (read(text, SubjectKind.ORGANISATION, Manner.FIRST) for text in (name, other_name))
    run_together = fuzz.ratio(*("".join(word.text for word in one.words) for one in (reading, other_reading)))
    keys = reading.key, other_reading.key
    return float(max(run_together, fuzz.ratio(*keys), fuzz.token_set_ratio(*keys)))
