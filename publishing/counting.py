"""Counts of a publication: what is in it, what was left out and why, and which facts nobody recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from domain.money.amounts import SignedAmount, sums_by_currency


class Counted(NamedTuple):
    """A number of things with their sums by currency."""

    number: int
    sums: Mapping[str, Decimal]

    def as_json(self) -> dict[str, Any]:
        """Return it for a receipt."""
        sums = {currency: SignedAmount(currency, self.sums[currency]).written for currency in sorted(self.sums)}
        return {"number": self.number, "sums": sums}


class PublicationTally:
    """A count of everything that a publication could hold: published, or left out for a reason."""

    def __init__(self) -> None:
        self._published: list[SignedAmount] = []
        self._numbers: Counter[str] = Counter()
        self._left_out: dict[str, list[SignedAmount]] = {}
        self._missing: Counter[str] = Counter()
        self._nameless: Counter[str] = Counter()

    def publish(self, *amounts: SignedAmount) -> None:
        """Count one thing that is published."""
        self._numbers[""] += 1
        self._published += amounts

    def leave_out(self, reason: str, *amounts: SignedAmount) -> None:
        """Count one thing that is left out."""
        self._numbers[reason] += 1
        self._left_out.setdefault(reason, []).extend(amounts)

    def withhold_name(self, reason: str) -> None:
        """Count one thing that is published without a name."""
        self._nameless[reason] += 1

    def miss(self, *facts: str) -> None:
        """Count facts that would have been published, and that nobody recorded."""
        self._missing.update(facts)

    @property
    def published(self) -> Counted:
        """The things that are published."""
        return Counted(self._numbers[""], sums_by_currency(self._published))

    @property
    def left_out(self) -> dict[str, Counted]:
        """The things that are left out, by reason."""
        reasons = sorted(self._left_out)
        return {reason: Counted(self._numbers[reason], sums_by_currency(self._left_out[reason])) for reason in reasons}

    @property
    def total(self) -> Counted:
        """All of them."""
        amounts = [*self._published, *(amount for amounts in self._left_out.values() for amount in amounts)]
        return Counted(self._numbers.total(), sums_by_currency(amounts))

    @property
    def nameless(self) -> dict[str, int]:
        """The number of things that are published without a name, by reason."""
        return {reason: self._nameless[reason] for reason in sorted(self._nameless)}

    @property
    def missing(self) -> dict[str, int]:
        """The facts that are missing, each with the number of places."""
        return {fact: self._missing[fact] for fact in sorted(self._missing)}

    def require_all(self, amounts: Iterable[SignedAmount]) -> None:
        """Refuse a publication in which the published and the left out are not the whole.

        Raises:
            ValueError: They are not.
        """
        whole, counted_sums = (_without_nothing(sums) for sums in (sums_by_currency(amounts), self.total.sums))
        if whole != counted_sums:
            raise ValueError(f"published and left out are {counted_sums} together, and the ledger says {whole}")


def _without_nothing(sums: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {currency: amount for currency, amount in sorted(sums.items()) if amount}
