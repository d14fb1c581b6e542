"""Compare two names of organisations leniently, since registers abbreviate or add words."""

from __future__ import annotations

from rapidfuzz import fuzz

from registers.matching.values import SubjectKind
from registers.matching.words.words import read


def recognition(name: str, other_name: str) -> float:
    """Return the agreement of two names, from 0 to 100: added words do not count against it.

    Differences in case, accents, script, punctuation, legal form, word order and spacing are ignored.
    """
    reading, other_reading = read(name, SubjectKind.ORGANISATION), read(other_name, SubjectKind.ORGANISATION)
    run_together = fuzz.ratio(*("".join(word.text for word in words) for words, _ in (reading, other_reading)))
    keys = reading.key, other_reading.key
    return float(max(run_together, fuzz.ratio(*keys), fuzz.token_set_ratio(*keys)))
