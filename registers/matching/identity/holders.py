"""The holder of an account beside its owner, as the edition asks it under which a payment was assessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.policy.canonical import order_of
from registers.matching.identity.agreement import is_one_name
from registers.matching.same_name import compare_names

WORD_BY_WORD_SINCE: Final = "2026.6"
"""The edition from which on neither a slip nor another order of the words is a holder's name (rules 3.1)."""


def is_held_by(holder: str, names: Iterable[str], edition: str) -> bool:
    """True if the holder's name is one of its owner's.

    `edition`: that of the assessment; empty for an account that stands for all that is paid from it, and may have been
    recorded under any.
    """
    if not edition or order_of(edition) < order_of(WORD_BY_WORD_SINCE):
        return any(is_one_name(holder, name) or compare_names(holder, name).confirms for name in names)
    return any(is_one_name(holder, name) for name in names)
