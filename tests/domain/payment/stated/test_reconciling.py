"""An account's reconciliation: its entries lead from one balance of the bank to the next, or the difference shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.payment.continuity import ClosedStatement
from domain.payment.stated.entries import EntryKind
from domain.payment.stated.reconciling import StatedMovement, reconciled

DAY, FIRST, LAST = date(2026, 11, 3), date(2026, 11, 1), date(2026, 11, 30)
AMOUNTS = st.decimals("-9999999", "9999999", places=2)
KINDS = st.sampled_from([kind for kind in EntryKind if kind not in {EntryKind.NOT_STATED, EntryKind.NOT_SEEN}])


def closed(closing: str, opening: str = "0.00", day: date = DAY, currency: str = "USD") -> ClosedStatement:
    return ClosedStatement(day, None, day, currency, Decimal(opening), Decimal(closing))


def moved(amount: str, kind: EntryKind = EntryKind.PAYMENT, day: date = DAY, currency: str = "USD") -> StatedMovement:
    return StatedMovement(day, kind, currency, Decimal(amount))


@given(AMOUNTS, st.lists(st.tuples(KINDS, AMOUNTS)))
def test_entries_lead_from_balance_to_balance_whatever_their_kinds(
    opening: Decimal, entries: list[tuple[EntryKind, Decimal]]
) -> None:
    closing = opening + sum((amount for _, amount in entries), Decimal(0))
    statement = ClosedStatement(DAY, 1, DAY, "USD", opening, closing)
    [account] = reconciled(
        [statement], [StatedMovement(DAY, kind, "USD", amount) for kind, amount in entries], FIRST, LAST
    )
    assert account.difference == 0
    assert sum(line.entries for line in account.sums) == len(entries)
    assert account.is_explained is all(kind is not EntryKind.OPEN for kind, _ in entries)


def test_a_cent_that_no_entry_stands_for_shows() -> None:
    [account] = reconciled([closed("-99.99")], [moved("-100.00")], FIRST, LAST)
    assert (account.difference, account.is_explained) == (Decimal("0.01"), False)


def test_each_currency_is_for_itself_and_other_days_are_of_other_periods() -> None:
    """Given statements of two currencies and of the month before, then each has its own entries and days."""
    before = date(2026, 10, 30)
    statements = [closed("5.00", day=before), closed("-2.00", "5.00"), closed("9.00", currency="EUR")]
    entries = [moved("5.00", day=before), moved("-7.00"), moved("9.00", EntryKind.GIFT, currency="EUR")]
    euros, dollars = reconciled(statements, entries, FIRST, LAST)
    assert [(account.currency, account.opening, account.closing) for account in (euros, dollars)] == [
        ("EUR", 0, 9),
        ("USD", 5, -2),
    ]
    assert [account.difference for account in (euros, dollars)] == [0, 0]


def test_what_the_bank_has_not_booked_moves_nothing() -> None:
    [account] = reconciled([closed("0.00")], [moved("-7.00", EntryKind.NOT_STATED)], FIRST, LAST)
    assert (account.sums, account.difference) == ((), 0)
    assert reconciled([closed("0.00")], [], LAST, LAST) == ()
