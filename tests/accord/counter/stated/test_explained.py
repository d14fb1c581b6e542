"""Each entry of a statement is explained, or open with an owner and an age, until people say what it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.client.waiting.stated_entries import AccountEntry, explained_accounts, tell_open_entries
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from accord.counter.stated.raising import exception_to_resolve
from accord.presentation.faults import BadInput, Refused
from domain.directory.people import HouseRulesSet, KeyRevoked
from domain.payment.bank_answers import Resolution
from domain.payment.stated.entries import EntryKind
from ledger import clock
from tests import paying
from tests.accord.counter.account.test_account_statements import stated as stated_before
from tests.accord.counter.files import booked, exceptions_of, imports, told_now
from tests.accord.counter.stated.test_heard_once import lines, stated
from tests.governing import decree
from tests.payments.orders import entry, remittance

KIND = EntryKind
NOWHERE = PaymentReference()
SALARIES = booked("", "900.00", reference="SAL-11")


async def says(
    desk: Desk, line: AccountEntry, kind: Resolution, actor: str, belongs: PaymentReference = NOWHERE
) -> None:
    """Somebody says what an open entry is, by its name."""
    exception = await exception_to_resolve(desk, line.name, actor)
    await resolve(desk, exception, kind, belongs, "the salaries of November, of the office", actor)


async def test_what_is_not_accords_is_open_until_finance_says_whose_it_is(furnished: Desk) -> None:
    """Given salaries on a statement, then no exception is raised, and one signature of finance explains them."""
    await imports(furnished, stated(SALARIES, closing="4100.00"))
    [line] = await lines(furnished)
    assert (line.kind, line.owner, line.days, line.amount) == (KIND.OPEN, "FINANCE_APPROVER", 0, Decimal(-900))
    assert await exceptions_of(furnished, everything=True) == []
    await says(furnished, line, Resolution.OURS, "femi.ade")
    [line] = await lines(furnished)
    assert (line.kind, line.owner, line.is_open) == (KIND.OUTSIDE, "", False)
    # The notification of it comes later, and says nothing new.
    found = await imports(furnished, told_now(SALARIES))
    assert (found.known, found.for_a_person) == (1, ())


@pytest.mark.slow
async def test_it_is_open_again_once_the_word_that_explained_it_counts_for_nothing(furnished: Desk) -> None:
    """Given salaries that somebody explained whose key was stolen by then, then another says what they are."""
    await imports(furnished, stated(SALARIES, closing="4100.00"))
    [line] = await lines(furnished)
    await says(furnished, line, Resolution.OURS, "femi.ade")
    key_id, since = furnished.keyring.public("femi.ade").key_id, datetime.now(UTC) - timedelta(days=1)
    await decree(furnished, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=since))
    [again] = await lines(furnished)
    assert (again.kind, again.name, again.owner) == (KIND.OPEN, line.name, "FINANCE_APPROVER")
    await says(furnished, again, Resolution.OURS, "dora.kim")
    assert [one.kind for one in await lines(furnished)] == [KIND.OUTSIDE]


@pytest.mark.slow
async def test_what_was_said_of_a_notification_explains_the_statement(furnished: Desk) -> None:
    await imports(furnished, told_now(SALARIES, booked("", "5.00")))
    for exception in await exceptions_of(furnished):
        await resolve(furnished, exception, Resolution.OURS, NOWHERE, "of the office", "femi.ade")
    await imports(furnished, stated(SALARIES, booked("", "5.00"), closing="4095.00"))
    assert [one.kind for one in await lines(furnished)] == [KIND.OUTSIDE, KIND.OUTSIDE]


async def test_one_that_waits_at_the_counter_is_open_under_its_name_there(furnished: Desk) -> None:
    await imports(furnished, told_now(SALARIES))
    await imports(furnished, stated(SALARIES, closing="4100.00"))
    [exception] = await exceptions_of(furnished)
    [line] = await lines(furnished)
    assert (line.kind, line.name) == (KIND.OPEN, exception.name)


@pytest.mark.slow
async def test_a_gift_that_only_the_statement_tells_and_nobody_expects_counts_once_two_say_so(furnished: Desk) -> None:
    """Given a gift whose text names nobody, then it is open, counts by two, and its notification is known."""
    gift = await paying.expecting(furnished)
    came = booked("", "5000.00", direction="CRDT", reference="GIFT-7")
    await imports(furnished, stated(came, closing="10000.00"))
    [line] = await lines(furnished)
    assert (line.kind, (await gift.reread()).received) == (KIND.OPEN, 0)
    for actor in ("femi.ade", "dora.kim"):
        await says(furnished, line, Resolution.BELONGS_TO, actor, PaymentReference(gift.reference))
    assert (await gift.reread()).received == Decimal(5000)
    found = await imports(furnished, told_now(came))
    assert (found.known, (await gift.reread()).received) == (1, Decimal(5000))
    assert [(one.kind, one.amount) for one in await lines(furnished)] == [(KIND.GIFT, Decimal(5000))]


async def test_a_gift_that_a_notification_told_explains_the_statement(furnished: Desk) -> None:
    gift = await paying.expecting(furnished)
    came = booked("", "5000.00", direction="CRDT", details=remittance(f"Gift for {gift.reference}"))
    await imports(furnished, told_now(came))
    await imports(furnished, stated(came, closing="10000.00"))
    assert (await gift.reread()).received == Decimal(5000)
    assert [(one.kind, one.subject) for one in await lines(furnished)] == [(KIND.GIFT, gift.reference)]


async def test_a_charge_of_the_bank_is_explained_by_its_code(furnished: Desk) -> None:
    code = "<BkTxCd><Domn><Cd>ACMT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn></BkTxCd>"
    charge = booked("", "12.50").replace("</Ntry>", f"{code}</Ntry>")
    await imports(furnished, stated(charge, closing="4987.50"))
    assert [one.kind for one in await lines(furnished)] == [KIND.CHARGE]


async def test_explained_and_open_are_together_what_the_balance_moved_by(furnished: Desk) -> None:
    await imports(
        furnished, stated(SALARIES, booked("", "3.00", direction="CRDT"), booked("", "7.00"), closing="4096.00")
    )
    [own] = [one for one in await explained_accounts(furnished) if one.lines]
    assert own.moved == sum(line.amount for line in own.lines) == Decimal(-904)


@pytest.mark.parametrize("more", [{}, {"entry_days": 7}], ids=["by default", "by the rule"])
async def test_what_is_open_for_longer_than_the_rule_says_is_told(furnished: Desk, more: dict[str, Any]) -> None:
    if more:
        await governed(furnished, **more)
    await stated_before(furnished, "1000.00", "400.00", entry("NOBODYS", "600.00"), days=6)
    assert await tell_open_entries(furnished) == (() if more else (6,))


async def governed(desk: Desk, **more: Any) -> None:
    """Two people change the organisation's rules."""
    rules = (await desk.directory()).rules
    assert rules is not None
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update=more)))


async def test_a_name_that_no_entry_has_is_refused_and_who_may_not_say_raises_nothing(furnished: Desk) -> None:
    await imports(furnished, stated(SALARIES, closing="4100.00"))
    with pytest.raises(BadInput, match="names none"):
        await exception_to_resolve(furnished, "EX-0000000000", "femi.ade")
    [line] = await lines(furnished)
    with pytest.raises(Refused):
        await exception_to_resolve(furnished, line.name, "pia.berg")
    assert await exceptions_of(furnished, everything=True) == []


async def test_the_age_is_counted_in_days(furnished: Desk) -> None:
    await stated_before(furnished, "1000.00", "400.00", entry("NOBODYS", "600.00"), days=4)
    [line] = await lines(furnished)
    assert (line.days, line.day) == (4, clock.today() - timedelta(days=4))
