"""A refund that people record counts once a file of the bank has it, and is shown as not seen until then."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.audit.bank.said_in_files import agreed_details
from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.payment.stated.entries import EntryKind
from ledger import clock
from payments.answers.seen_bookings import is_seen
from tests import paying
from tests.accord.counter.account.test_account_statements import stated as stated_before
from tests.accord.counter.account.test_balances import OWN
from tests.accord.counter.files import booked, imports, told_now
from tests.accord.counter.stated.test_heard_once import lines, stated
from tests.accord.counter.test_money_back import BACK, BUDGET, agreed, available, confirm, paid, refund, two
from tests.activities.funding import do, done
from tests.paying import REFERENCE
from tests.payments.orders import detail, entry_of, remittance
from tests.scribe import Scribe
from tests.treasury import unrestricted

KIND = EntryKind
TODAY = f"<Dt>{datetime.now(UTC).date()}</Dt>"
__all__ = ["two"]


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 of a budget of 300 that was paid."""
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await paid(scribe, tmp_path)
    return scribe


async def confirmed(scribe: Scribe, reference: str = BACK, **more: Any) -> str:
    """A second person confirms the refund. Return why that is refused, or ''."""
    said = {"bank_reference": reference, "reason": "on the statement", **more}
    answer = await do(scribe, c.ConfirmRefund, "dora.kim", **said)
    return answer.refusal.reason if answer.refusal else ""


def day(scribe: Scribe, *entries: str, closing: str) -> bytes:
    """Today's statement with the payment, and more."""
    out = booked(paying.identifier(scribe), "300.00", reference=f"OUT-{scribe.reference}-1")
    return stated(out, *entries, closing=closing, name=f"S-{closing}")


def came(amount: str = "300.00", **more: Any) -> str:
    return booked("", amount, direction="CRDT", **{"reference": "ret 77", **more})


async def shown(scribe: Scribe) -> list[tuple[EntryKind, str]]:
    return [(one.kind, one.owner) for one in await lines(scribe.desk) if one.kind is not KIND.PAYMENT]


async def test_it_is_confirmed_once_a_statement_has_it_and_explains_the_entry(here: Scribe) -> None:
    """Given a refund on record, then a statement without it keeps it open, and one that has it lets it count."""
    assert await refund(here) == ""
    await stated_before(here.desk, "5000.00", "5000.00")
    assert await shown(here) == [(KIND.NOT_SEEN, "femi.ade")]
    assert "no file of the bank has RET-0077 over USD 300.00 yet" in await confirmed(here)
    await imports(here.desk, day(here, came(), closing="5000.00"))
    assert await shown(here) == [(KIND.OPEN, "FINANCE_APPROVER")]  # it waits for the second
    assert await confirmed(here) == ""
    assert await available(here.desk) == 300
    assert await shown(here) == [(KIND.REFUND, "")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", [came("299.99"), came(reference="RET-0078")], ids=["a cent less", "another reference"]
)
async def test_another_sum_or_reference_is_not_it(here: Scribe, entry: str) -> None:
    assert await refund(here) == ""
    await imports(here.desk, day(here, entry, closing="4999.99" if "299.99" in entry else "5000.00"))
    assert "no file of the bank has" in await confirmed(here)
    assert {one[0] for one in await shown(here)} == {KIND.OPEN, KIND.NOT_STATED}


@pytest.mark.slow
async def test_without_statements_since_its_day_two_people_say_it_as_before(here: Scribe) -> None:
    """Given no statement, then it counts by two, and is shown as not seen at the bank."""
    assert await refund(here) == ""
    await confirm(here)
    assert [(one.kind, one.days) for one in await lines(here.desk)] == [(KIND.NOT_SEEN, 0)]


@pytest.mark.slow
async def test_one_of_before_the_first_statement_is_not_asked_for_there(here: Scribe) -> None:
    await stated_before(here.desk, "5000.00", "5000.00", days=-1)
    assert await refund(here, booked_on=clock.today()) == ""
    assert await confirmed(here) == ""


# A notification is a file of the bank


@pytest.mark.parametrize(
    ("reference", "reversal", "amount", "has_it"),
    [
        ("OUT-0077", "", "300.00", True),
        ("out 77", "", "300.00", True),
        pytest.param("OUT-0077", "true", "300.00", True, marks=pytest.mark.slow),
        pytest.param("out 77", "true", "300.00", True, marks=pytest.mark.slow),
        ("OUT-0077", "", "299.99", False),
        pytest.param("OUT-0078", "", "300.00", False, marks=pytest.mark.slow),
    ],
)
async def test_a_debit_that_only_a_notification_told_is_seen(
    furnished: Desk, reference: str, reversal: str, amount: str, has_it: bool
) -> None:
    """Given a notification of a debit, then a refund to a donor is seen by its reference, however that is written."""
    told = booked("", amount, reference=reference, reversal=reversal, details=remittance("to a donor"))
    await imports(furnished, told_now(told))
    async with furnished.pool.acquire() as connection:
        details = await agreed_details(connection, OWN)
        assert details is not None
        assert await is_seen(connection, details, "OUT-0077", Decimal("-300.00"), "USD") is has_it
        assert not await is_seen(connection, details, "OUT-0077", Decimal("300.00"), "USD")


# A bank gives one booking several references


@pytest.mark.slow
async def test_one_booking_is_one_refund_under_each_of_its_references(two: tuple[Scribe, Scribe]) -> None:
    """Given a booking with two references, recorded in two partnerships by one each, then it counts in one alone."""
    one, other = two
    paid_out = [booked(paying.identifier(each), "300.00", reference=f"OUT-{each.reference}-1") for each in two]
    came_in = entry_of(detail(transaction="TX-998877"), amount="300.00", direction="CRDT", reference=BACK, booked=TODAY)
    await imports(one.desk, stated(*paid_out, came_in, closing="4700.00"))
    assert await refund(one) == await refund(other, reference="TX-998877") == ""
    told = await confirmed(one)
    assert "RET-0077 also TX-998877, and it counts already, USD 300.00 as a refund in P-2026-0043" in told
    await done(other, c.WithdrawRefund, "femi.ade", bank_reference="TX-998877", reason="it is the other grant's")
    assert await confirmed(one) == ""
    assert await refund(other, reference="TX-998877") == ""
    assert "counts already" in await confirmed(other, "TX-998877")
    assert await available(one.desk) == 300


@pytest.mark.slow
async def test_two_equal_payments_of_one_booking_are_two_refunds(two: tuple[Scribe, Scribe]) -> None:
    one, other = two
    paid_out = [booked(paying.identifier(each), "300.00", reference=f"OUT-{each.reference}-1") for each in two]
    parts = [detail(amount="300.00", transaction=name) for name in ("TX-1111", "TX-2222")]
    came_in = entry_of(*parts, amount="600.00", direction="CRDT", reference=BACK, booked=TODAY)
    await imports(one.desk, stated(*paid_out, came_in, closing="5000.00"))
    assert await refund(one, detail="TX-1111") == await refund(other, detail="TX-2222") == ""
    assert await confirmed(one, detail="TX-1111") == await confirmed(other, detail="TX-2222") == ""
    assert await available(one.desk) == 600
