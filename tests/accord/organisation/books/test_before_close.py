"""What is open before a period is closed is listed with who may mend it and the command, and mended it is gone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accord.client.desk import Desk
from accord.organisation.books.before_close import BeforeClose, OpenKind, before_close
from accord.organisation.books.closing import ask_close, confirm_close
from accord.organisation.funds import ask, confirm
from domain.payment.stated.entries import EntryKind
from ledger import clock
from payments.accounts import reference_of
from records.books.reading import Books
from tests.accord.counter.files import booked, imports
from tests.accord.counter.stated.test_heard_once import stated
from tests.accord.organisation.books.test_closing import REASON
from tests.payments.orders import ISOC
from tests.treasury import unrestricted

OWN = reference_of(ISOC).reference


@pytest.fixture
def yesterday() -> date:
    return clock.today() - timedelta(days=1)


async def before(desk: Desk, last_day: date) -> BeforeClose:
    return await before_close(desk, Books(desk.reader), last_day)


async def test_an_open_entry_is_named_with_who_and_how_and_the_account_is_reconciled(furnished: Desk) -> None:
    """Given a statement with a debit that nothing explains, then it is open, and the account leads to its balance."""
    await imports(furnished, stated(booked("", "900.00", reference="SAL-11"), closing="4100.00"))
    listed = await before(furnished, clock.today())
    [entry] = [item for item in listed.items if item.kind is OpenKind.ENTRY]
    assert entry.command == f"accord payments resolve {entry.subject} --kind KIND --note NOTE --as STAFF"
    assert entry.words.startswith(f"USD -900.00 of {clock.today()}: ")
    assert {"femi.ade", "paul.nkosi", "dora.kim"} <= set(entry.people)
    assert "pia.berg" not in entry.people
    [account] = [account for account in listed.accounts if account.reference == OWN]
    assert account.reconciliation.difference == 0
    assert (account.in_book, account.beside_the_book) == (Decimal(0), Decimal("-900.00"))
    assert [(line.kind, line.amount) for line in account.reconciliation.sums] == [(EntryKind.OPEN, Decimal("-900.00"))]
    assert OpenKind.PERIOD in {item.kind for item in listed.items}, "today is not over"
    assert not [item for item in (await before(furnished, clock.today() - timedelta(days=9))).items if item == entry]


async def test_a_change_of_a_fund_waits_for_another_person_than_who_asked(furnished: Desk, yesterday: date) -> None:
    """Given a fund whose money was asked for, then it waits for a director, until one confirms it."""
    await unrestricted(furnished, "FD-2026-BEFORE")
    change = await ask(furnished, "FD-2026-BEFORE", {"kind": "opening_balance", "amount": "5.00"}, REASON, "femi.ade")
    [item] = [item for item in (await before(furnished, clock.today())).items if item.kind is OpenKind.FUND]
    assert (item.subject, item.people) == ("FD-2026-BEFORE", ("dora.kim", "mira.sato"))
    assert item.command == f"accord funds confirm FD-2026-BEFORE {str(change.change_id)[:8]} --as STAFF"
    assert OpenKind.FUND not in {item.kind for item in (await before(furnished, yesterday)).items}
    await confirm(furnished, "FD-2026-BEFORE", str(change.change_id), "dora.kim")
    assert OpenKind.FUND not in {item.kind for item in (await before(furnished, clock.today())).items}


async def test_the_step_that_closes_it_goes_from_one_person_to_another(furnished: Desk, yesterday: date) -> None:
    step = (await before(furnished, yesterday)).close
    assert step is not None
    assert (step.people[0], step.command) == ("femi.ade", f"accord books close {yesterday} --reason REASON --as STAFF")
    await ask_close(furnished, yesterday, REASON, "femi.ade")
    step = (await before(furnished, yesterday)).close
    assert step is not None
    assert ("femi.ade" in step.people, "dora.kim" in step.people) == (False, True)
    assert step.command == f"accord books confirm {yesterday} --as STAFF"
    await confirm_close(furnished, yesterday, "dora.kim")
    assert (await before(furnished, yesterday)).close is None
