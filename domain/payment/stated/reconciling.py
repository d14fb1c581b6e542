"""The reconciliation of an own account for some days: the bank's balances, and the entries that lead to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.payment.continuity import ClosedStatement
from domain.payment.stated.entries import UNEXPLAINED, EntryKind


class StatedMovement(NamedTuple):
    """An entry of a statement: its day, its kind, and what it moved, below zero for a debit."""

    day: date
    kind: EntryKind
    currency: str
    amount: Decimal


class KindOfEntries(NamedTuple):
    """The entries of one kind: how many, and what they moved."""

    kind: EntryKind
    entries: int
    amount: Decimal


class ReconciledBalance(NamedTuple):
    """An account in one currency, from the balance before its first statement of some days to that after the last."""

    currency: str
    opened_on: date
    closed_on: date
    opening: Decimal
    closing: Decimal
    sums: tuple[KindOfEntries, ...]

    @property
    def difference(self) -> Decimal:
        """The movement of the balance that no entry stands for. Zero where the entries lead to the closing balance."""
        return self.closing - self.opening - sum((line.amount for line in self.sums), Decimal(0))

    @property
    def is_explained(self) -> bool:
        """True if each entry has its explanation, and they lead from one balance to the other."""
        return not self.difference and all(line.kind not in UNEXPLAINED for line in self.sums)


def reconciled(
    statements: Sequence[ClosedStatement], movements: Iterable[StatedMovement], first_day: date, last_day: date
) -> tuple[ReconciledBalance, ...]:
    """Return an account's reconciliations, one for each currency with a statement that closed within some days.

    `statements`: those that count, the oldest first of each currency. Bookings that no statement has are no movement.
    """
    entries = [movement for movement in movements if movement.kind not in _NO_ENTRIES]
    return tuple(_reconciliations(statements, entries, first_day, last_day))


_NO_ENTRIES = frozenset({EntryKind.NOT_STATED, EntryKind.NOT_SEEN})


def _reconciliations(
    statements: Sequence[ClosedStatement], entries: Sequence[StatedMovement], first_day: date, last_day: date
) -> Iterator[ReconciledBalance]:
    within = [statement for statement in statements if first_day <= statement.closed_on <= last_day]
    for currency in sorted({statement.currency for statement in within}):
        chain = [statement for statement in within if statement.currency == currency]
        first, last = chain[0], chain[-1]
        amounts: dict[EntryKind, list[Decimal]] = {}
        for entry in entries:
            if entry.currency == currency and first.opened_on <= entry.day <= last.closed_on:
                amounts.setdefault(entry.kind, []).append(entry.amount)
        sums = tuple(
            KindOfEntries(kind, len(amounts[kind]), sum(amounts[kind], Decimal(0))) for kind in sorted(amounts)
        )
        yield ReconciledBalance(currency, first.opened_on, last.closed_on, first.opening, last.closing, sums)
