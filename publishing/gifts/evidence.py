"""The evidence of a gift's page: the events of its fund and what stands behind them, each with its place and leaf."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from domain.books.entries import JournalEntry
from domain.funds.fund import Fund
from domain.partnership.state import Partnership
from publishing.cases import GrantCase, Occurrence
from publishing.gifts.transfers import CountedTransfer


class LedgerHead(NamedTuple):
    """The signed place in the ledger as of which a page is made."""

    ledger: str
    """The name under which the ledger signs its checkpoints."""
    size: int
    root: str
    """The root over all events up to the size, in hexadecimal."""
    recorded_at: datetime
    """The time at which the newest event was recorded."""


class FundOccurrence(NamedTuple):
    """An event of a fund: its place, what it says, its leaf, and all that the leaf is made of."""

    position: int
    version: int
    event: Any
    leaf: str
    whole: Mapping[str, Any]
    """The stored fields as text, never written anew: the leaf follows from them alone."""


class GiftSource(NamedTuple):
    """The evidence of a gift's page."""

    head: LedgerHead
    gift: Partnership
    funder_name: str
    fund: Fund
    """The fund with the transfers that count."""
    transfers: Mapping[int, CountedTransfer]
    """By version: what each transfer moved."""
    occurrences: tuple[FundOccurrence, ...]
    uses: Mapping[str, GrantCase | None]
    """The partnerships that the fund paid or kept money for, by reference. None has no money out any more."""
    histories: Mapping[str, tuple[Occurrence, ...]]
    """The events of the gift's partnership and of each use, by reference."""
    entries: Mapping[str, tuple[JournalEntry, ...]]
    """The entries of the book of each of them, by reference."""
    leaves: Mapping[int, str]
    """The leaf at each position that stands behind an entry or a report."""

    @property
    def is_shared(self) -> bool:
        """True if money of others lies in the fund too: then nobody can say what this gift paid."""
        return is_shared(self.fund, self.gift.partnership_id)


def is_shared(fund: Fund, gift: str) -> bool:
    """True if a fund is not of this gift alone."""
    return fund.gift != gift
