"""Money that came in: the partnership that its words name."""

from __future__ import annotations

import re
from typing import Final

from domain.fault import Fault
from payments.answers.messages import BankNotice

_PARTNERSHIP: Final = re.compile(r"(?<![A-Za-z0-9])P-[0-9]{4}-[0-9]{4,6}(?![0-9])")

_OUR_OWN: Final = re.compile(
    r"P-[0-9]{4}-[0-9]{4,6} tranche [0-9]|(?<![A-Z0-9])ACC[A-Z2-7]{26}(?![A-Z0-9])", re.IGNORECASE
)
"""The words of our own payments: the text that goes with them, and their EndToEndIds."""


def partnerships_in(remittance: str) -> tuple[str, ...]:
    """Return the partnerships that a text of a payment names."""
    return tuple(sorted(set(_PARTNERSHIP.findall(remittance))))


def unexpected(notice: BankNotice, partnership_ids: list[str]) -> Fault | None:
    """Return the reason why a credit is not taken for the gift of a partnership that it names, or None."""
    if _OUR_OWN.search(notice.remittance):
        return Fault("money came in with the words of a payment of our own: it may have come back")
    if len(partnership_ids) > 1:
        return Fault(f"money came in that names several partnerships: {', '.join(partnership_ids)}")
    return None if partnership_ids else Fault("money came in that names no partnership")
