"""A payment file that the bank books as a whole: whether its sum is that of its payments, or what is apart."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.fault import Fault
from domain.values import Money


class FiledStanding(StrEnum):
    """The standing of a payment towards one booking of its file."""

    AWAITED = "AWAITED"
    """It left in the file, and the bank has neither booked nor rejected it."""
    HEARD = "HEARD"
    """It was booked by this very booking."""
    ELSEWHERE = "ELSEWHERE"
    """It was booked by another booking, or as this one was told elsewhere."""
    REJECTED = "REJECTED"
    """The bank rejected it, so that it is in no booking."""
    NOT_IN_IT = "NOT_IN_IT"
    """It did not leave in this file."""


class FileBooking(NamedTuple):
    """The booking of a whole file, and the payments of the file, each with its sum and its standing."""

    booked: Money
    payments: tuple[tuple[FiledStanding, Decimal], ...]

    @property
    def fits(self) -> bool:
        """True if it is of every payment that the bank did not reject, none of which another booking is of."""
        return not self._has(FiledStanding.ELSEWHERE, FiledStanding.NOT_IN_IT) and self._comes_to(
            FiledStanding.AWAITED, FiledStanding.HEARD
        )

    @property
    def was_told(self) -> bool:
        """True if every payment that the bank did not reject is booked already, and they come to its sum."""
        return not self._has(FiledStanding.AWAITED, FiledStanding.NOT_IN_IT) and self._comes_to(
            FiledStanding.ELSEWHERE, FiledStanding.HEARD
        )

    @property
    def fault(self) -> Fault:
        """The reason why it settles no payment as it stands, with the difference."""
        if count := self._count(FiledStanding.NOT_IN_IT):
            return Fault(f"{count} of its {len(self.payments)} payments did not leave in it")
        whole, rejected = self._sum(*FiledStanding), self._sum(FiledStanding.REJECTED)
        less = f", less {self._money(rejected)} rejected {whole - rejected:,}" if rejected else ""
        apart = self.booked.amount - (whole - rejected)
        difference = f"{self._money(abs(apart))} {'too much' if apart > 0 else 'too little'}" if apart else "no more"
        beside = self._count(FiledStanding.ELSEWHERE)
        words = f"; {beside} of them are booked by themselves already" if beside else ""
        return Fault(
            f"its {len(self.payments)} payments come to {self._money(whole)}{less}, and {self.booked} is booked: "
            f"{difference}{words}"
        )

    def _has(self, *standings: FiledStanding) -> bool:
        return self._count(*standings) > 0

    def _count(self, *standings: FiledStanding) -> int:
        return sum(standing in standings for standing, _ in self.payments)

    def _sum(self, *standings: FiledStanding) -> Decimal:
        return _together(amount for standing, amount in self.payments if standing in standings)

    def _comes_to(self, *standings: FiledStanding) -> bool:
        return self._has(*standings) and self._sum(*standings) == self.booked.amount

    def _money(self, amount: Decimal) -> str:
        return f"{self.booked.currency} {amount:,}"


def _together(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
