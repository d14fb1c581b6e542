"""The statements of a day: commitments by year, promises by age, and the cash to come."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.books.periods import Closes
from domain.books.statements import (
    NO_DAY,
    OVERDUE,
    Book,
    ageing,
    band_of,
    commitments,
    forecast,
    fund_statement,
    trial_balance,
)
from domain.directory.chart import Account, BookBasis
from domain.partnership.events import AgreementSigned, TrancheReleased
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from tests.builders import NOON, funds_in, funds_out, money
from tests.domain.books.keeping import Ledger
from tests.domain.funds.test_fund import GIFT as FUNDED
from tests.domain.funds.test_fund import opened, received, reserved
from tests.domain.partnership import specification as s

GRANT, GIFT = "P-2026-0042", "P-2026-0043"
TODAY = NOON.date()
DAY = TODAY + timedelta(days=1)
"""The day of the bank's booking of the gift."""
SCHEDULE = [{"due_on": "2026-10-01", "amount": "2000.00"}, {"due_on": "2027-02-01", "amount": "3000.00"}]


def out(*amounts: tuple[str, str | None], **more: Any) -> dict[str, Any]:
    """Money out whose tranches are due on days."""
    content = funds_out(*(amount for amount, _ in amounts), **more)
    tranches = [
        {"number": number, "money": money(amount), **({"due_on": due} if due else {})}
        for number, (amount, due) in enumerate(amounts, 1)
    ]
    return {"funds_out": {**content, "tranches": tranches}}


def book(basis: BookBasis = BookBasis.ACCRUAL) -> Book:
    """A grant of three instalments, of which one is released and one waits for a barrier, and a pledge."""
    ledger = Ledger(basis)
    plan = out(
        ("300.00", None), ("500.00", "2027-01-15"), ("200.00", "2027-06-30"), barrier="Eleven villages are on line",
        barrier_holds=[3],
    )  # fmt: skip
    grant = s.active((ConditionId.BARRIER_MET,), **plan).given(s.release(1), *s.came_to(TrancheOutcome.SETTLED))
    ledger.partnership(GRANT, grant.history)
    gift = s.active(funds_out=None, funds_in=funds_in(schedule=SCHEDULE)).given(s.receipt("500.00"))
    ledger.partnership(GIFT, gift.history)
    return Book(ledger.entries)


def test_commitments_are_by_the_year_in_which_they_are_due() -> None:
    [line] = commitments(book(), DAY)
    assert (line.year, line.conditional, line.owed, line.in_transit) == (2027, Decimal(200), Decimal(500), Decimal(0))


def test_a_promise_is_as_old_as_its_day() -> None:
    lines = {(line.is_receivable, line.due): (line.days, line.amount) for line in ageing(book(), DAY)}
    assert lines == {
        (False, date(2027, 1, 15)): (-73, Decimal(500)),
        (True, date(2026, 10, 1)): (33, Decimal(1500)),
        (True, date(2027, 2, 1)): (-90, Decimal(3000)),
    }
    assert [band_of(days) for days in (None, -3, 0, 1, 30, 31, 90, 91)] == [
        "no day", "not due", "not due", "1 to 30", "1 to 30", "31 to 60", "61 to 90", "over 90",
    ]  # fmt: skip


def test_the_cash_to_come_runs_from_what_the_bank_booked() -> None:
    """Given a gift that came in part and a payment, then each month adds what comes and takes what goes."""
    lines = {line.month: (line.coming, line.going, line.conditional, line.left) for line in forecast(book(), DAY)}
    assert lines == {
        OVERDUE: (Decimal(1500), Decimal(0), Decimal(0), Decimal(1700)),
        "2027-01": (Decimal(0), Decimal(500), Decimal(0), Decimal(1200)),
        "2027-02": (Decimal(3000), Decimal(0), Decimal(0), Decimal(4200)),
        "2027-06": (Decimal(0), Decimal(0), Decimal(200), Decimal(4200)),
    }
    assert NO_DAY not in lines


def test_what_is_approved_and_not_agreed_is_told_beside_what_goes() -> None:
    """Given a grant that was approved, then its instalments may go on their days, and what is left is as before."""
    ledger = Ledger()
    plan = out(("300.00", "2027-01-15"), ("500.00", None))
    approved = s.in_approval(**plan).given(*[s.approve(who) for who in ("ana.silva", "femi.ade")])
    ledger.partnership(GRANT, approved.history)
    lines = {line.month: (line.going, line.approved, line.left) for line in forecast(Book(ledger.entries), TODAY)}
    assert lines == {
        "2027-01": (Decimal(0), Decimal(300), Decimal(0)),
        NO_DAY: (Decimal(0), Decimal(500), Decimal(0)),
    }


def dated(day: date) -> Book:
    """A grant that was approved today, whose agreement bears another day."""
    ledger = Ledger()
    history = s.active(**out(("300.00", "2027-01-15"), ("500.00", None))).history
    ledger.partnership(
        GRANT,
        [one.model_copy(update={"signed_on": day}) if isinstance(one, AgreementSigned) else one for one in history],
    )
    return Book(ledger.entries)


def test_nothing_is_owed_before_it_was_approved() -> None:
    """Given an agreement that bears an earlier day than the approval, then that day has no promise and no expense."""
    earlier = TODAY - timedelta(days=10)
    assert trial_balance(dated(earlier), TODAY - timedelta(days=1)) == []
    assert trial_balance(dated(earlier), TODAY) == trial_balance(dated(TODAY), TODAY)


def test_a_booking_of_a_day_before_its_release_takes_nothing_twice() -> None:
    """Given a bank's day that ends before ours, then at its end what is owed and what is in transit make nothing."""
    ledger = Ledger()
    for event in s.active(**out(("800.00", None))).given(s.release(1), *s.came_to(TrancheOutcome.SETTLED)).history:
        is_release = isinstance(event, TrancheReleased)
        event_then = event.model_copy(update={"at": event.at + timedelta(days=1)}) if is_release else event
        ledger.partnership(GRANT, [event_then])
    assert [(line.going, line.left) for line in forecast(Book(ledger.entries), TODAY)] == [(0, -800)]
    assert [line.amount for line in ageing(Book(ledger.entries), DAY)] == []


def test_on_a_cash_basis_promises_are_told_as_well() -> None:
    """Given the same life, then the lists of promises are the same, though nothing of them is an expense."""
    accrual, cash = book(), book(BookBasis.CASH)
    assert commitments(accrual, DAY) == commitments(cash, DAY)
    assert ageing(accrual, DAY) == ageing(cash, DAY)
    assert forecast(accrual, DAY) == forecast(cash, DAY)
    expense = [line.debit for line in trial_balance(cash, DAY) if line.account is Account.GRANTS_EXPENSE]
    assert expense == [Decimal(300)]


def test_what_happened_later_is_not_in_an_earlier_day() -> None:
    before = TODAY - timedelta(days=1)
    assert trial_balance(book(), before) == []
    assert (commitments(book(), before), ageing(book(), before), forecast(book(), before)) == ([], [], [])


def test_a_reservation_counts_until_the_day_on_which_it_lapses() -> None:
    ledger = Ledger()
    ledger.take("fund/FD-2026-A", opened(), received("900.00", FUNDED), reserved("400.00", until=NOON))
    kept = Book(ledger.entries)
    [line] = fund_statement(kept, TODAY)
    assert (line.reserved, line.available) == (Decimal(0), Decimal(900)), "it lapsed on that day"
    ledger = Ledger()
    ledger.take(
        "fund/FD-2026-A", opened(), received("900.00", FUNDED), reserved("400.00", until=NOON + timedelta(days=3))
    )
    [line] = fund_statement(Book(ledger.entries, Closes()), TODAY)
    assert (line.reserved, line.available) == (Decimal(400), Decimal(500))
