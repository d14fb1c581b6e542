"""A booking that includes the bank's charges, or is in another currency, settles its payment at the instructed sum."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import named_exception
from accord.counter.exceptions import Resolved, resolve
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from accord.presentation.faults import BadInput, Refused
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.tranche.events import PaymentSettled
from domain.payment.tranche.status import TrancheStatus
from domain.streams import StreamId
from domain.values import Money
from records.codec import from_ledger
from tests import paying
from tests.accord.counter.files import PAYER, booked, handed_over, imports, reasons, told_now
from tests.accord.shell import Shell
from tests.governing import lets_through
from tests.payments.orders import detail, entry_of
from tests.scribe import Scribe

KIND, DIFFERENCE = ExceptionKind, Resolution.BOOKED_WITH_DIFFERENCE
FINANCE, DIRECTOR = "femi.ade", "dora.kim"
NOTE = "their advice of charges"


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A partnership of which the first of two payments was handed over. The second is released later."""
    scribe = await paying.agreed_grant(furnished)
    await paying.release(scribe)
    await handed_over(furnished, tmp_path / "out")
    return scribe


def charged(
    scribe: Scribe, charges: str = "", total: str = "625.00", own: str = "600.00", element: str = "Amt"
) -> bytes:
    """A booking whose entry is over more than its one payment."""
    part = detail(paying.identifier(scribe), own, element=element, more=charges)
    return told_now(entry_of(part, amount=total, reference="DEBIT-1"))


CLEAR: dict[str, tuple[str, str]] = {
    "a total": ('<Chrgs><TtlChrgsAndTaxAmt Ccy="USD">25.00</TtlChrgsAndTaxAmt></Chrgs>', "Amt"),
    "records": (
        '<Chrgs><Rcrd><Amt Ccy="USD">20.00</Amt></Rcrd><Rcrd><Amt Ccy="USD">5.00</Amt></Rcrd></Chrgs>', "Amt"
    ),
    "as in 2009": ('<Chrgs><Amt Ccy="USD">25.00</Amt></Chrgs>', "AmtDtls/TxAmt/Amt"),
    "an instructed sum": (
        '<AmtDtls><InstdAmt><Amt Ccy="USD">600.00</Amt></InstdAmt></AmtDtls>'
        '<Chrgs><Rcrd><Amt Ccy="USD">25.00</Amt></Rcrd></Chrgs>',
        "",
    ),
}  # fmt: skip


@pytest.mark.sampled(1)
@pytest.mark.parametrize("what", CLEAR)
async def test_charges_that_the_file_names_are_read_and_settle_within_the_tolerance(left: Scribe, what: str) -> None:
    await lets_through(left.desk)
    charges, element = CLEAR[what]
    found = await imports(left.desk, charged(left, charges, own="600.00" if element else "", element=element or "Amt"))
    assert found.for_a_person == ()
    attempt = await paying.attempt_of(left)
    assert (attempt.status, attempt.booked) == (TrancheStatus.SETTLED, True)


@pytest.mark.slow
async def test_without_a_tolerance_charges_that_the_file_names_are_for_people(left: Scribe) -> None:
    charges, element = CLEAR["a total"]
    [person] = (await imports(left.desk, charged(left, charges, element=element))).for_a_person
    assert person.reason.startswith("booked USD 625.00 = 600.00 + charges 25.00; the organisation's rules set no toler")
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER


UNCLEAR: dict[str, tuple[str, str, str]] = {
    "nothing said": ("", "625.00", "600.00"),
    "less than the difference": ('<Chrgs><Amt Ccy="USD">20.00</Amt></Chrgs>', "625.00", "600.00"),
    "in another currency": ('<Chrgs><Amt Ccy="EUR">25.00</Amt></Chrgs>', "625.00", "600.00"),
    "charges that came back": (
        '<Chrgs><Rcrd><Amt Ccy="USD">25.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>', "625.00", "600.00"
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("what", UNCLEAR)
async def test_a_difference_that_the_file_does_not_explain_is_for_people(left: Scribe, what: str) -> None:
    charges, total, own = UNCLEAR[what]
    found = await imports(left.desk, charged(left, charges, total, own))
    assert [one.kind for one in found.for_a_person] == [KIND.UNREADABLE]
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER


# What two count


async def raised(scribe: Scribe, content: bytes) -> str:
    (one,) = (await imports(scribe.desk, content)).for_a_person
    return one.exception


async def says(scribe: Scribe, name: str, actor: str, where: PaymentReference, booked: Money | None) -> Resolved:
    exception = await named_exception(scribe.desk, name)
    return await resolve(scribe.desk, exception, DIFFERENCE, where, NOTE, actor, booked_money=booked)


FIRST = PaymentReference(paying.REFERENCE, 1, 1)
WITH_CHARGES = Money.model_validate({"amount": "625.00", "currency": "USD"})
BOOKED: dict[str, tuple[str, str, PaymentReference, Money | None, Money]] = {
    "cannot be read": ("unreadable", "", FIRST, WITH_CHARGES, WITH_CHARGES),
    "a larger sum": ("625.00", "USD", PaymentReference(), None, WITH_CHARGES),
    "another currency": (
        "540.00", "EUR", PaymentReference(), None, Money.model_validate({"amount": "540.00", "currency": "EUR"})
    ),
}  # fmt: skip


def as_told(scribe: Scribe, amount: str, currency: str) -> bytes:
    if amount == "unreadable":
        return charged(scribe)
    return told_now(booked(paying.identifier(scribe), amount, currency=currency, reference="DEBIT-1"))


@pytest.mark.slow
@pytest.mark.parametrize("what", BOOKED)
async def test_two_who_had_no_part_in_it_count_it_at_the_instructed_sum_and_the_next_tranche_leaves(
    left: Scribe, tmp_path: Path, what: str
) -> None:
    amount, currency, where, typed, booked_ = BOOKED[what]
    name = await raised(left, as_told(left, amount, currency))
    with pytest.raises(Refused, match=f"{PAYER} took part in it"):
        await says(left, name, PAYER, where, typed)
    assert (await says(left, name, FINANCE, where, typed)).waits_for_second
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER
    assert not (await says(left, name, DIRECTOR, where, typed)).waits_for_second
    attempt = await paying.attempt_of(left)
    assert (attempt.status, attempt.booked) == (TrancheStatus.SETTLED, True)
    state = await left.reread()
    assert (state.tranches[0].state, state.contradictions) == (TrancheState.SETTLED, ())
    (settled,) = [one for one in await paying.attempt_events(left) if isinstance(one, PaymentSettled)]
    assert str(settled.answer.money) == "USD 600.00"
    exception = await named_exception(left.desk, name)
    stream = await left.desk.ledger.read_stream(StreamId.exception(exception.exception_id))
    assert [getattr(from_ledger(one).event, "booked", None) for one in stream] == [None, booked_, booked_]
    await paying.lift(left)
    await paying.release(await paying.caught_up(left), tranche=2)
    file = await handed_over(left.desk, tmp_path / "second")
    assert paying.identifier(left, tranche=2).encode() in file.content


@pytest.mark.slow
async def test_one_alone_lets_nothing_go_on(left: Scribe) -> None:
    name = await raised(left, charged(left))
    await says(left, name, FINANCE, FIRST, WITH_CHARGES)
    assert (await says(left, name, FINANCE, FIRST, WITH_CHARGES)).waits_for_second
    assert reasons(await export(left.desk, PAYER)) == []
    assert (await left.reread()).tranches[0].state is TrancheState.HANDED_OVER


@pytest.mark.slow
async def test_two_who_name_different_sums_do_not_agree(left: Scribe) -> None:
    name = await raised(left, charged(left))
    await says(left, name, FINANCE, FIRST, WITH_CHARGES)
    other = Money.model_validate({"amount": "630.00", "currency": "USD"})
    assert (await says(left, name, DIRECTOR, FIRST, other)).waits_for_second


@pytest.mark.slow
async def test_what_was_booked_and_of_which_payment_is_asked_for_where_nobody_can_read_it(left: Scribe) -> None:
    name = await raised(left, charged(left))
    with pytest.raises(BadInput, match="booked: say what the bank booked"):
        await says(left, name, FINANCE, FIRST, None)
    with pytest.raises(BadInput, match="say which payment"):
        await says(left, name, FINANCE, PaymentReference(), WITH_CHARGES)


@pytest.mark.slow
@pytest.mark.parametrize("amount", ["599.99", "600.00"])
async def test_less_than_was_instructed_is_no_booking_with_charges(left: Scribe, amount: str) -> None:
    name = await raised(left, charged(left, total=amount, own="1.00"))
    typed = Money.model_validate({"amount": amount, "currency": "USD"})
    with pytest.raises(Refused, match="no more than was instructed"):
        await says(left, name, FINANCE, FIRST, typed)


def told(scribe: Scribe, instructed: str, total: str, charged_sum: str = "25.00") -> bytes:
    """A booking whose bank says what it was told to pay, and charges in the sum."""
    currency, figure = instructed.split()
    more = (
        f'<AmtDtls><InstdAmt><Amt Ccy="{currency}">{figure}</Amt></InstdAmt></AmtDtls>'
        f'<Chrgs><Rcrd><Amt Ccy="{currency}">{charged_sum}</Amt></Rcrd></Chrgs>'
    )
    part = detail(paying.identifier(scribe), "", more=more)
    return told_now(entry_of(part, amount=total, currency=currency, reference=f"DEBIT-{total}"))


async def both_say(scribe: Scribe, name: str, where: PaymentReference = FIRST) -> Resolved:
    await says(scribe, name, FINANCE, where, None)
    return await says(scribe, name, DIRECTOR, where, None)


@pytest.mark.slow
async def test_of_a_part_that_the_bank_was_told_to_pay_no_more_is_paid_and_the_rest_is_its_own_booking(
    left: Scribe,
) -> None:
    resolved = await both_say(left, await raised(left, told(left, "USD 250.00", "275.00")))
    assert resolved.told.startswith("USD 275.00 was booked for USD 250.00 of USD 600.00")
    attempt = await paying.attempt_of(left)
    assert (attempt.status, str(attempt.paid_money)) == (TrancheStatus.SHORT, "USD 250.00")
    assert (await left.reread()).tranches[0].state is not TrancheState.SETTLED
    await both_say(left, await raised(left, told(left, "USD 350.00", "375.00")))
    assert (await paying.attempt_of(left)).status is TrancheStatus.SETTLED


@pytest.mark.slow
async def test_more_than_is_not_booked_yet_is_not_what_the_bank_was_told_to_pay(left: Scribe) -> None:
    name = await raised(left, told(left, "USD 900.00", "925.00"))
    with pytest.raises(Refused, match=r"told to pay USD 900\.00, and the order says USD 600\.00: ask the bank"):
        await says(left, name, FINANCE, FIRST, None)
    await both_say(left, await raised(left, told(left, "USD 250.00", "275.00")))
    name = await raised(left, told(left, "USD 400.00", "425.00"))
    with pytest.raises(Refused, match=r"of which USD 350\.00 is not booked yet"):
        await says(left, name, FINANCE, FIRST, None)


@pytest.mark.slow
async def test_a_sum_in_another_currency_counts_at_what_is_not_booked_yet(left: Scribe) -> None:
    await both_say(left, await raised(left, told(left, "USD 250.00", "275.00")))
    await both_say(left, await raised(left, told(left, "EUR 310.00", "335.00")))
    attempt = await paying.attempt_of(left)
    assert (attempt.status, str(attempt.paid_money)) == (TrancheStatus.SETTLED, "USD 600.00")
    (settled,) = [one for one in await paying.attempt_events(left) if isinstance(one, PaymentSettled)]
    assert (str(settled.answer.money), settled.answer.figures) == ("USD 350.00", None)


@pytest.mark.slow
async def test_what_is_booked_already_is_not_booked_once_more(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left), "600.00", reference="DEBIT-0")))
    name = await raised(left, charged(left))
    with pytest.raises(Refused, match="one payment is booked once"):
        await says(left, name, FINANCE, FIRST, WITH_CHARGES)


@pytest.mark.slow
async def test_a_booking_that_comes_later_is_a_second_one(left: Scribe) -> None:
    name = await raised(left, charged(left))
    for actor in (FINANCE, DIRECTOR):
        await says(left, name, actor, FIRST, WITH_CHARGES)
    again = told_now(booked(paying.identifier(left), "600.00", reference="DEBIT-9"), message="BANK-9")
    found = await imports(left.desk, again)
    assert [one.kind for one in found.for_a_person] == [KIND.SECOND_BOOKING]


# Who says that it is that payment


@pytest.fixture
def at(shell: Shell, furnished_database: str) -> Shell:
    """A terminal in an office of the test's own."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


@pytest.mark.slow
async def test_a_booking_in_another_currency_belongs_to_its_payment_where_two_say_so(
    at: Shell, left: Scribe, tmp_path: Path
) -> None:
    """By the shell: the exception says how, two sign, the hold is lifted, and the next tranche leaves."""
    name = await raised(left, as_told(left, "540.00", "EUR"))
    listed = await at.done("payments", "exceptions")
    assert "if it is that payment, in another currency or with the bank's charges" in listed.words
    assert f"accord payments resolve {name} --kind booked-with-difference" in listed.words
    say = ("payments", "resolve", name, "--kind", "belongs-to", "--note", NOTE)
    first = await at.done(*say, "--as", FINANCE)
    assert (
        "EUR 540.00 was booked for USD 600.00: two people say so, and it counts at what was instructed" in first.words
    )
    assert f"accord payments resolve {name} --kind booked-with-difference ... --as STAFF" in first.words
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER
    second = await at.done(*say, "--as", DIRECTOR)
    assert "is resolved: booked-with-difference" in second.words
    state = await left.reread()
    assert (state.tranches[0].state, state.contradictions) == (TrancheState.SETTLED, ())
    exception = await named_exception(left.desk, name)
    stream = await left.desk.ledger.read_stream(StreamId.exception(exception.exception_id))
    kept = [getattr(from_ledger(one).event, "booked", None) for one in stream]
    assert kept == [None, Money(amount="540.00", currency="EUR"), Money(amount="540.00", currency="EUR")]
    await paying.lift(left)
    await paying.release(await paying.caught_up(left), tranche=2)
    file = await handed_over(left.desk, tmp_path / "second")
    assert paying.identifier(left, tranche=2).encode() in file.content


@pytest.mark.slow
async def test_more_of_the_same_currency_does_not_belong_to_it_by_one_word(left: Scribe) -> None:
    name = await raised(left, as_told(left, "625.00", "USD"))
    exception = await named_exception(left.desk, name)
    with pytest.raises(Refused, match=r"it cannot be that payment as it stands.*booked-with-difference"):
        await resolve(left.desk, exception, Resolution.BELONGS_TO, PaymentReference(), NOTE, FINANCE)
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER
