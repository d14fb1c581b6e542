"""Decide a second time whether one name confirms another, from the text of rules 3.1 and with tables of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

_FILLERS: Final = "a an and at by for from in of on the to with inc incorporated corp corporation"
FILLERS: Final = frozenset(_FILLERS.split())
"""Words that are set aside. `Inc` says nothing in the United States."""

LONG: Final = {
    "assn": "association", "assoc": "association", "asn": "association", "fdn": "foundation", "fnd": "foundation",
    "fndn": "foundation", "intl": "international", "soc": "society", "ctr": "center", "cntr": "center",
    "natl": "national", "univ": "university", "org": "organization", "comm": "community", "dept": "department",
    "dist": "district", "hosp": "hospital", "inst": "institute", "lib": "library", "mem": "memorial",
    "min": "ministries", "sch": "school", "scholar": "scholarship", "st": "saint", "tr": "trust", "usa": "us",
}  # fmt: skip
"""What the registers write short."""

_FORMS: Final = "llc ltd limited gmbh plc pty sa ag bv llp lp pllc"
FORMS: Final = frozenset(_FORMS.split())
"""Forms of companies: on one side only, beside a declared non-profit, they are a contradiction."""

_BODIES: Final = "friend foundation trust auxiliary alumni endowment fund service holding"
BODIES: Final = frozenset(_BODIES.split())
"""Words that make another body of a name, in the singular."""

_COMMON: Final = """
library church network community center association society club school american national international county city
state public united christian education health family hospital university college project memorial
"""
COMMON: Final = BODIES | frozenset(_COMMON.split())
"""Words that confirm nothing by themselves, in the singular."""

_NEAR: Final = 0.7


def words(name: str) -> frozenset[str]:
    """Return the telling words of a name, written out and in the singular."""
    return frozenset(_singular(LONG.get(word, word)) for word in _written(name) if word not in FILLERS)


def confirms(given: str, registered: Iterable[str]) -> bool:
    """True if one of the registered names has exactly the telling words of the given one, not all common."""
    own = words(given)
    return bool(own - COMMON) and any(own == words(one) for one in registered)


def form(name: str) -> frozenset[str]:
    """Return the forms of companies in a name."""
    return frozenset(_written(name)) & FORMS


def is_another(given: str, registered: Iterable[str]) -> bool:
    """True if no registered name comes near: each time a word stands on one side that no slip explains."""
    return all(_differ(words(given), words(one)) for one in registered)


def reordered(name: str) -> str:
    """Return a name with its second half first."""
    parts = name.split()
    return " ".join(parts[len(parts) // 2 :] + parts[: len(parts) // 2])


def _differ(ones: frozenset[str], others: frozenset[str]) -> bool:
    return any(_alone(word, others) for word in ones - others) or any(_alone(word, ones) for word in others - ones)


def _alone(word: str, others: Iterable[str]) -> bool:
    return not any(_is_near(word, other) for other in others)


def _is_near(one: str, other: str) -> bool:
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() > _NEAR


def _written(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name.lower().replace(".", "").replace("'", ""))
    return re.findall(r"[a-z0-9]+", "".join(one for one in letters if not unicodedata.combining(one)))


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word
