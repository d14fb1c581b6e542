"""No word of the bank is lost: each entry of each file is an event of what it speaks of, or waits for a person."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import accord.counter.bank_import
from accord.client.desk import Desk
from accord.counter.bank_import import Import, finish_interrupted_imports, import_file
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from accord.presentation.faults import Refused
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheStatus
from domain.streams import StreamId
from payments.answers.bank_files import bank_file
from payments.answers.messages import UnreadableMessage
from tests import paying
from tests.accord.counter.files import (
    OTHER,
    PAYER,
    booked,
    exceptions_of,
    handed_over,
    imports,
    made_file,
    recorded,
    told_now,
)
from tests.payments.orders import (
    FOUNDATION,
    ISOC,
    RETURNED,
    RIVERBEND,
    detail,
    entry_of,
    group_status,
    remittance,
    status_report,
    transaction_status,
)
from tests.scribe import Scribe

NewDesk = Callable[[], Awaitable[Desk]]
KIND = ExceptionKind


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A partnership whose one payment of USD 1,000 was handed over to the bank."""
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "out")
    return scribe


@pytest.fixture
async def gift(furnished: Desk) -> Scribe:
    """A partnership that waits for USD 5,000 of a donor."""
    return await paying.expecting(furnished)


def day(days: int) -> str:
    """A day so many days from today, as an entry holds it."""
    return f"<Dt>{datetime.now(UTC).date() + timedelta(days=days)}</Dt>"


def report(body: str, message: str = "BANK-1") -> str:
    """A status report that is dated now."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return status_report(body, message).replace("2026-11-03T09:00:00+01:00", now)


async def says(scribe: Scribe, code: str, reason: str = "", message: str = "BANK-1") -> str:
    """A status of the payment in the file that it left in."""
    original = (await paying.attempt_of(scribe)).message_id
    return report(transaction_status(paying.identifier(scribe), code, reason, original), message)


async def books(scribe: Scribe) -> bytes:
    return told_now(booked(paying.identifier(scribe)))


def back(scribe: Scribe, amount: str = "1000.00", **more: Any) -> str:
    """An entry by which a payment comes back."""
    return booked(paying.identifier(scribe), amount, direction="CRDT", details=RETURNED, **more)


def donated(amount: str = "5000.00", note: str = "Gift for P-2026-0042", **more: Any) -> str:
    return booked("", amount, direction="CRDT", details=remittance(note), **more)


async def state_of(scribe: Scribe) -> tuple[TrancheStatus, TrancheState, bool]:
    """The state of a payment on its own stream and on its partnership's, and True if that is held."""
    state = await scribe.reread()
    return (await paying.attempt_of(scribe)).status, state.tranches[0].state, state.hold is not None


async def received(scribe: Scribe) -> Decimal:
    return (await scribe.reread()).received


def statuses(found: Import) -> list[BankStatus]:
    return [answer.status for answer in found.new]


def kinds(found: Import) -> list[ExceptionKind]:
    return [one.kind for one in found.for_a_person]


# What fits becomes an event of its payment and of its partnership


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("words", "status", "state"),
    [
        (lambda s: says(s, "ACSP"), TrancheStatus.ACCEPTED, TrancheState.HANDED_OVER),
        (lambda s: says(s, "RJCT", "AC04"), TrancheStatus.REJECTED, TrancheState.REJECTED),
        (lambda s: says(s, "ACSC"), TrancheStatus.SETTLED, TrancheState.SETTLED),
        (books, TrancheStatus.SETTLED, TrancheState.SETTLED),
    ],
)
async def test_what_the_bank_says_of_a_payment_is_recorded_on_both_its_streams(
    left: Scribe, words: Callable[[Scribe], Awaitable[Any]], status: TrancheStatus, state: TrancheState
) -> None:
    found = await imports(left.desk, await words(left))
    assert (len(found.new), found.known, found.for_a_person) == (1, 0, ())
    assert await state_of(left) == (status, state, False)
    assert found.new[0].file_sha256 == await left.desk.pool.fetchval("SELECT sha256 FROM payments.bank_files")


@pytest.mark.slow
async def test_a_payment_that_comes_back_in_full_is_returned_and_its_partnership_held(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="DEBIT-1")))
    found = await imports(left.desk, told_now(back(left, reference="CREDIT-1"), message="BANK-2"))
    assert statuses(found) == [BankStatus.RETURNED]
    assert await state_of(left) == (TrancheStatus.RETURNED, TrancheState.RETURNED, True)


@pytest.mark.slow
async def test_a_word_on_the_whole_file_is_a_word_on_each_of_its_payments(furnished: Desk, tmp_path: Path) -> None:
    one, other = await paying.released(furnished), await paying.released(furnished, OTHER)
    file = await handed_over(furnished, tmp_path)
    said = group_status(file.message_id, "RJCT", "AC02").replace("seen before", "no such account")
    found = await imports(furnished, report(said))
    assert statuses(found) == [BankStatus.REJECTED] * 2
    for scribe in (one, other):
        assert await state_of(scribe) == (TrancheStatus.REJECTED, TrancheState.REJECTED, False)


async def test_money_from_a_donor_counts_once_it_is_booked_on_the_funders_own_account(gift: Scribe) -> None:
    found = await imports(gift.desk, told_now(donated("2000.00", reference="G-1"), donated("3000.00", reference="G-2")))
    assert statuses(found) == [BankStatus.RECEIVED] * 2
    assert await received(gift) == Decimal("5000.00")


# The same thing told twice counts once; another thing under the same name is not lost


@pytest.mark.slow
async def test_a_file_that_is_imported_again_under_any_name_and_by_anybody_says_nothing_new(left: Scribe) -> None:
    content = told_now(booked(paying.identifier(left)))
    await imports(left.desk, content)
    before = await left.desk.ledger.head()
    for name, actor in (("bank.xml", PAYER), ("another.xml", "femi.ade"), ("bank.xml", "femi.ade")):
        again = await imports(left.desk, content, name, actor)
        assert (again.new, again.known, again.for_a_person) == ((), 1, ())
    assert await left.desk.ledger.head() == before + 1
    stream = StreamId.bank_file(bank_file("", content).sha256)
    assert await recorded(left.desk, stream) == ["BankFileImported"] * 2


@pytest.mark.slow
async def test_one_booking_that_two_messages_tell_counts_once(left: Scribe, gift_beside: Scribe) -> None:
    words = booked(paying.identifier(left), reference="R-1"), donated(note=OTHER, reference="R-2")
    first = await imports(left.desk, told_now(*words, message="BANK-1"))
    second = await imports(left.desk, told_now(*words, message="BANK-2"))
    assert (len(first.new), second.new, second.known, second.for_a_person) == (2, (), 2, ())
    assert await received(gift_beside) == Decimal("5000.00")


@pytest.fixture
async def gift_beside(furnished: Desk) -> Scribe:
    """A second partnership, which waits for a gift."""
    return await paying.expecting(furnished, OTHER)


@pytest.mark.slow
async def test_the_same_status_in_two_messages_is_told_once(left: Scribe) -> None:
    await imports(left.desk, await says(left, "ACSP", message="BANK-1"))
    again = await imports(left.desk, await says(left, "ACSP", message="BANK-2"))
    assert (again.new, again.known) == ((), 1)


@pytest.mark.slow
async def test_another_payment_under_a_known_message_and_entry_is_not_lost(furnished: Desk, tmp_path: Path) -> None:
    one, other = await paying.released(furnished), await paying.released(furnished, OTHER)
    await handed_over(furnished, tmp_path)
    await imports(furnished, told_now(booked(paying.identifier(one)), message="BANK-1"))
    found = await imports(furnished, told_now(booked(paying.identifier(other)), message="BANK-1"))
    assert statuses(found) == [BankStatus.SETTLED]
    assert (await paying.attempt_of(other)).status is TrancheStatus.SETTLED


async def test_another_gift_under_a_known_message_and_entry_is_not_lost(gift: Scribe) -> None:
    await imports(gift.desk, told_now(donated("2000.00", reference="A-1"), message="BANK-1"))
    found = await imports(gift.desk, told_now(donated("700.00", reference="A-2"), message="BANK-1"))
    assert statuses(found) == [BankStatus.RECEIVED]
    assert await received(gift) == Decimal("2700.00")


@pytest.mark.slow
async def test_another_status_of_a_payment_under_a_known_message_and_entry_holds_the_payment(left: Scribe) -> None:
    await imports(left.desk, await says(left, "ACSP", message="BANK-1"))
    found = await imports(left.desk, await says(left, "RJCT", "AC04", message="BANK-1"))
    assert kinds(found) == [KIND.IDENTITY_USED_AGAIN]
    assert await state_of(left) == (TrancheStatus.ACCEPTED, TrancheState.HANDED_OVER, True)


@pytest.mark.slow
async def test_a_known_booking_with_another_sum_holds_the_payment(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="R-1")))
    other = told_now(booked(paying.identifier(left), "999.00", reference="R-1"), message="BANK-2")
    assert kinds(await imports(left.desk, other)) == [KIND.IDENTITY_USED_AGAIN]
    assert await state_of(left) == (TrancheStatus.SETTLED, TrancheState.SETTLED, True)
    assert (await imports(left.desk, other)).known == 1


async def test_an_equal_gift_without_a_reference_in_another_message_is_for_a_person(gift: Scribe) -> None:
    assert statuses(await imports(gift.desk, told_now(donated(), message="BANK-1"))) == [BankStatus.RECEIVED]
    found = await imports(gift.desk, told_now(donated(), message="BANK-2"))
    assert kinds(found) == [KIND.PERHAPS_TOLD_BEFORE]
    assert await received(gift) == Decimal("5000.00")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(donated("5000"), donated("5000.00"), id="the sum written otherwise"),
        pytest.param(donated(booked=""), donated(), id="first without a booking day"),
        pytest.param(donated(), donated(booked=""), id="then without a booking day"),
    ],
)
async def test_an_equal_gift_that_another_message_writes_otherwise_is_for_a_person(
    gift: Scribe, first: str, second: str
) -> None:
    await imports(gift.desk, told_now(first, message="BANK-1"))
    found = await imports(gift.desk, told_now(second, message="BANK-2"))
    assert kinds(found) == [KIND.PERHAPS_TOLD_BEFORE]
    assert await received(gift) == Decimal("5000.00")


async def test_two_equal_gifts_without_a_reference_in_one_message_are_two(gift: Scribe) -> None:
    found = await imports(gift.desk, told_now(donated("2500.00"), donated("2500.00")))
    assert statuses(found) == [BankStatus.RECEIVED] * 2
    assert await received(gift) == Decimal("5000.00")


# Entries of several payments


@pytest.mark.slow
async def test_the_details_of_one_entry_are_each_a_booking_of_their_own_sum(furnished: Desk, tmp_path: Path) -> None:
    one = await paying.released(furnished, paying.REFERENCE, "600.00")
    other = await paying.released(furnished, OTHER, "400.00")
    await handed_over(furnished, tmp_path)
    parts = (
        detail(paying.identifier(one), "600.00", element="AmtDtls/TxAmt/Amt", reference="D-1"),
        detail(paying.identifier(other), "400.00", element="AmtDtls/TxAmt/Amt", reference="D-2"),
    )
    whole = entry_of(*parts, amount="1000.00", booked=day(0), value=day(0))
    found = await imports(furnished, told_now(whole, version="camt.054.001.02"))
    assert statuses(found) == [BankStatus.SETTLED] * 2
    for scribe in (one, other):
        assert (await paying.attempt_of(scribe)).status is TrancheStatus.SETTLED


async def test_details_that_do_not_add_up_to_their_entry_count_nothing_in(gift: Scribe) -> None:
    parts = [detail(amount="5000.00", more=remittance(paying.REFERENCE), reference=f"D-{n}") for n in (1, 2)]
    found = await imports(gift.desk, told_now(entry_of(*parts, amount="5000.00", direction="CRDT", booked=day(0))))
    assert (found.new, set(kinds(found))) == ((), {KIND.UNREADABLE})
    assert await received(gift) == Decimal(0)


# What contradicts what is known: an event, a hold where our money is at stake, and an exception for a person


async def contradicted(scribe: Scribe, content: Any, kind: ExceptionKind, holds: bool = True) -> None:
    """The bank says what nobody believes by itself: it is on record and waits for a person."""
    before = await scribe.reread()
    found = await imports(scribe.desk, content)
    assert (found.new, kinds(found)) == ((), [kind])
    (said,) = [
        one.event for one in await scribe.desk.history(scribe.reference)
        if one.version > before.version and isinstance(one.event, e.BankContradicted)
    ]  # fmt: skip
    after = await scribe.reread()
    assert (said.exception, said.exception_id in after.contradictions) == (kind, holds)
    assert (after.hold is not None) is (holds or before.hold is not None)
    assert after.tranches == before.tranches
    (waits,) = await exceptions_of(scribe.desk)
    assert (waits.exception_id, waits.kind, waits.partnership) == (said.exception_id, kind, scribe.reference)
    again = await imports(scribe.desk, content)
    assert (again.new, again.known, again.for_a_person) == ((), 1, ())


@pytest.mark.slow
async def test_a_second_debit_is_an_exception_and_holds(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="R-1")))
    await contradicted(left, told_now(booked(paying.identifier(left), reference="R-2")), KIND.SECOND_BOOKING)


@pytest.mark.slow
async def test_what_comes_back_of_a_payment_that_was_booked_twice_is_an_exception_though_people_answered_the_booking(
    left: Scribe,
) -> None:
    """The bank puts its second booking right: the payment itself stands, and is not released anew."""
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="R-1")))
    await contradicted(left, told_now(booked(paying.identifier(left), reference="R-2")), KIND.SECOND_BOOKING)
    (exception,) = await exceptions_of(left.desk)
    for actor in ("femi.ade", "dora.kim"):
        await resolve(left.desk, exception, Resolution.BANK_ERROR, PaymentReference(), "they put it right", actor)
    await contradicted(left, told_now(back(left, reference="R-3"), message="BANK-3"), KIND.CONTRADICTION)


@pytest.mark.slow
async def test_a_rejection_of_what_was_booked_is_an_exception_and_holds(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left))))
    await contradicted(left, await says(left, "RJCT", "AC04", "BANK-2"), KIND.CONTRADICTION)


@pytest.mark.slow
async def test_a_booking_of_what_was_rejected_is_an_exception_and_holds(left: Scribe) -> None:
    await imports(left.desk, await says(left, "RJCT", "AC04"))
    await contradicted(left, told_now(booked(paying.identifier(left)), message="BANK-2"), KIND.CONTRADICTION)


@pytest.mark.slow
async def test_a_part_that_comes_back_is_an_exception_and_holds(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="R-1")))
    await contradicted(left, told_now(back(left, "400.00", reference="R-2")), KIND.PARTIAL_RETURN)


@pytest.mark.slow
async def test_a_return_before_any_booking_is_an_exception_and_holds(left: Scribe) -> None:
    await contradicted(left, told_now(back(left)), KIND.CONTRADICTION)


@pytest.mark.slow
async def test_more_than_was_instructed_is_an_exception_and_holds(left: Scribe) -> None:
    await contradicted(left, told_now(booked(paying.identifier(left), "1000.01")), KIND.OTHER_CONTENT)


@pytest.mark.slow
@pytest.mark.parametrize("code", ["DUPL", "DU01"])
async def test_a_file_that_the_bank_calls_a_duplicate_rejects_no_payment(left: Scribe, code: str) -> None:
    original = (await paying.attempt_of(left)).message_id
    found = await imports(left.desk, report(group_status(original, "RJCT", code)))
    assert kinds(found) == [KIND.REJECTION_IN_DOUBT]
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER


@pytest.mark.slow
async def test_another_currency_is_an_exception_and_holds(left: Scribe) -> None:
    await contradicted(left, told_now(booked(paying.identifier(left), currency="EUR")), KIND.OTHER_CONTENT)


@pytest.mark.slow
async def test_another_account_that_pays_is_an_exception_and_holds(left: Scribe) -> None:
    await contradicted(left, told_now(booked(paying.identifier(left)), iban=FOUNDATION.iban), KIND.OTHER_CONTENT)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31"])
async def test_a_day_that_cannot_be_is_an_exception_and_holds(left: Scribe, when: str) -> None:
    entry = booked(paying.identifier(left), booked=f"<Dt>{when}</Dt>")
    found = await imports(left.desk, told_now(entry))
    assert (found.new, len(found.for_a_person)) == ((), 1)
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER
    assert (await left.reread()).hold is not None


@pytest.mark.slow
async def test_a_word_that_nobody_can_read_holds_the_payment_that_it_names_until_two_resolved_it(left: Scribe) -> None:
    """The bank booked it, in another age, and then said that it was rejected: a second attempt would pay twice."""
    await imports(left.desk, told_now(booked(paying.identifier(left), booked="<Dt>9999-12-31</Dt>")))
    await imports(left.desk, await says(left, "RJCT", "AC04", "BANK-2"))
    assert (await left.reread()).hold is not None
    (exception,) = await exceptions_of(left.desk)
    assert exception.kind is KIND.UNREADABLE
    alone = await resolve(
        left.desk, exception, Resolution.BANK_ERROR, PaymentReference(), "they put it right", "femi.ade"
    )
    assert alone.waits_for_second
    both = await resolve(
        left.desk, exception, Resolution.BANK_ERROR, PaymentReference(), "they put it right", "dora.kim"
    )
    assert not both.waits_for_second


@pytest.mark.slow
@pytest.mark.parametrize(
    ("on", "value", "fits"),
    [(-1, 0, True), (-2, 0, False), (1, 0, True), (2, 0, False), (0, 10, True), (0, 11, False), (0, -2, False)],
)
async def test_days_lie_between_the_day_before_the_release_and_the_day_after_the_import(
    left: Scribe, on: int, value: int, fits: bool
) -> None:
    found = await imports(left.desk, told_now(booked(paying.identifier(left), booked=day(on), value=day(value))))
    assert (len(found.new), kinds(found)) == ((1, []) if fits else (0, [KIND.IMPOSSIBLE_DAY]))


async def test_money_that_was_booked_before_the_proposal_is_for_a_person(gift: Scribe) -> None:
    found = await imports(gift.desk, told_now(donated(booked=day(-2))))
    assert kinds(found) == [KIND.IMPOSSIBLE_DAY]
    assert await received(gift) == Decimal(0)


@pytest.mark.slow
async def test_an_answer_on_a_payment_that_never_left_is_an_exception_and_holds(furnished: Desk) -> None:
    scribe = await paying.released(furnished)
    await made_file(furnished)
    await contradicted(scribe, told_now(booked(paying.identifier(scribe))), KIND.NOT_HANDED_OVER)


@pytest.mark.slow
async def test_an_answer_on_a_payment_that_was_cancelled_is_an_exception_and_holds(furnished: Desk) -> None:
    scribe = await paying.released(furnished)
    await paying.cancel(scribe)
    await contradicted(scribe, told_now(booked(paying.identifier(scribe))), KIND.NOT_HANDED_OVER)


@pytest.mark.slow
async def test_an_answer_after_the_partnership_ended_is_recorded_all_the_same(left: Scribe) -> None:
    await (await paying.caught_up(left)).says(e.PartnershipTerminated, "dora.kim", reason="it is over")
    assert statuses(await imports(left.desk, told_now(booked(paying.identifier(left))))) == [BankStatus.SETTLED]
    state = await left.reread()
    assert (state.tranches[0].state, state.stage) == (TrancheState.SETTLED, Stage.TERMINATED)


@pytest.mark.slow
async def test_a_return_after_the_partnership_ended_is_recorded_and_told_to_a_person(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="R-1")))
    await (await paying.caught_up(left)).says(e.PartnershipTerminated, "dora.kim", reason="it is over")
    found = await imports(left.desk, told_now(back(left, reference="R-2")))
    assert kinds(found) == [KIND.LATE_RETURN]
    assert await state_of(left) == (TrancheStatus.RETURNED, TrancheState.RETURNED, False)


@pytest.mark.slow
async def test_an_acceptance_after_the_booking_changes_nothing_and_is_kept(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left))))
    found = await imports(left.desk, await says(left, "ACSP", message="BANK-2"))
    assert found.for_a_person == ()
    assert await state_of(left) == (TrancheStatus.SETTLED, TrancheState.SETTLED, False)


# Money that is nobody's, or not where it should be


@pytest.mark.parametrize(
    ("note", "more", "kind"),
    [
        ("Thank you", {}, KIND.UNEXPECTED_RECEIPT),
        ("P-2026-0999", {}, KIND.UNKNOWN_PAYMENT),
        (paying.REFERENCE, {"currency": "EUR"}, KIND.UNEXPECTED_RECEIPT),
    ],
)
async def test_money_that_is_not_expected_counts_for_nobody(
    gift: Scribe, note: str, more: dict[str, str], kind: ExceptionKind
) -> None:
    found = await imports(gift.desk, told_now(donated(note=note, **more)))
    assert (found.new, kinds(found)) == ((), [kind])
    assert await received(gift) == Decimal(0)


@pytest.mark.parametrize("iban", [str(RIVERBEND.iban), str(FOUNDATION.iban), "NL14MOCK0000000002"])
async def test_money_on_any_account_but_the_funders_own_is_not_received(gift: Scribe, iban: str) -> None:
    found = await imports(gift.desk, told_now(donated(), iban=iban))
    assert (found.new, kinds(found)) == ((), [KIND.WRONG_ACCOUNT])
    assert await received(gift) == Decimal(0)


async def test_a_gift_on_the_funders_account_is_received_once_however_its_number_is_written(gift: Scribe) -> None:
    """Given an account's number with dashes in one file and without in the next, then they are of one account."""
    dashed = "-".join(str(ISOC.iban)[place : place + 4] for place in range(0, 18, 4))
    found = await imports(gift.desk, told_now(donated(reference="GIFT-1"), iban=dashed))
    assert (statuses(found), await received(gift)) == ([BankStatus.RECEIVED], Decimal(5000))
    again = await imports(gift.desk, told_now(donated(reference="GIFT-1"), message="BANK-2"))
    assert (again.new, kinds(again)) == ((), [KIND.PERHAPS_TOLD_BEFORE])
    assert await received(gift) == Decimal(5000)


@pytest.mark.parametrize("account", ["", "<BBAN>1</BBAN>"], ids=["no account", "an account of another kind"])
async def test_money_on_an_account_that_cannot_be_read_is_not_received(gift: Scribe, account: str) -> None:
    content = told_now(donated()).decode().replace(f"<IBAN>{ISOC.iban}</IBAN>", account)
    found = await imports(gift.desk, content)
    assert (found.new, kinds(found)) == ((), [KIND.UNREADABLE])
    assert await received(gift) == Decimal(0)


@pytest.mark.slow
async def test_a_payment_booked_on_an_account_that_cannot_be_read_is_not_settled(left: Scribe) -> None:
    content = (await books(left)).decode().replace(f"<IBAN>{ISOC.iban}</IBAN>", "<BBAN>1</BBAN>")
    assert kinds(await imports(left.desk, content)) == [KIND.UNREADABLE]
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER


@pytest.mark.slow
async def test_money_for_a_partnership_that_expects_none_is_for_a_person(left: Scribe) -> None:
    found = await imports(left.desk, told_now(donated()))
    assert kinds(found) == [KIND.UNEXPECTED_RECEIPT]


@pytest.mark.slow
@pytest.mark.parametrize("words", [booked("ACCUNKNOWN"), booked("")])
async def test_a_debit_that_is_no_payment_of_ours_is_for_a_person(left: Scribe, words: str) -> None:
    found = await imports(left.desk, told_now(words))
    assert (found.new, kinds(found)) == ((), [KIND.UNKNOWN_PAYMENT])


# One entry stops no other


@pytest.mark.slow
async def test_an_entry_that_cannot_be_read_stops_no_other(left: Scribe) -> None:
    found = await imports(
        left.desk, told_now(booked("X", "many"), booked(paying.identifier(left)), booked("ACCUNKNOWN"))
    )
    assert statuses(found) == [BankStatus.SETTLED]
    assert kinds(found) == [KIND.UNREADABLE, KIND.UNKNOWN_PAYMENT]
    assert len(await exceptions_of(left.desk)) == 2


@pytest.mark.slow
async def test_a_partnership_whose_stream_cannot_be_read_stops_no_other(furnished: Desk, tmp_path: Path) -> None:
    broken, other = await paying.released(furnished), await paying.released(furnished, OTHER)
    await handed_over(furnished, tmp_path)
    await furnished.pool.execute("ALTER TABLE ledger.events DISABLE TRIGGER ALL")
    await furnished.pool.execute(
        "UPDATE ledger.events SET payload = '{}' WHERE stream_id = $1 AND version = 1",
        f"partnership/{broken.reference}",
    )
    content = told_now(booked(paying.identifier(broken)), booked(paying.identifier(other)))
    found = await imports(furnished, content)
    assert (statuses(found), kinds(found)) == ([BankStatus.SETTLED], [KIND.UNREADABLE])
    assert (await paying.attempt_of(other)).status is TrancheStatus.SETTLED


@pytest.mark.slow
async def test_an_instruction_that_was_changed_in_the_table_stops_no_other(furnished: Desk, tmp_path: Path) -> None:
    broken, other = await paying.released(furnished), await paying.released(furnished, OTHER)
    file = await handed_over(furnished, tmp_path)
    await furnished.pool.execute("ALTER TABLE payments.instructions DISABLE TRIGGER ALL")
    await furnished.pool.execute(
        "UPDATE payments.instructions SET frozen = '{}' WHERE end_to_end_id = $1", paying.identifier(broken)
    )
    found = await imports(furnished, told_now(booked(paying.identifier(broken)), booked(paying.identifier(other))))
    assert (statuses(found), kinds(found)) == ([BankStatus.SETTLED], [KIND.UNREADABLE])
    whole = await imports(furnished, report(group_status(file.message_id, "ACTC")))
    assert len(whole.for_a_person) == 1


# Under whose signature, and after a crash


@pytest.mark.slow
async def test_a_file_is_kept_as_it_came_under_its_importers_signature(left: Scribe) -> None:
    content = told_now(booked(paying.identifier(left)))
    await imports(left.desk, content, "2026-11-26.xml", "femi.ade")
    row = await left.desk.pool.fetchrow("SELECT name, content, taken_at IS NOT NULL AS taken FROM payments.bank_files")
    assert tuple(row) == ("2026-11-26.xml", content, True)
    stored = await left.desk.ledger.read_stream(StreamId.bank_file(bank_file("", content).sha256))
    assert [one.event_type for one in stored] == ["BankFileImported"]
    assert b"femi.ade" in stored[0].payload


@pytest.mark.slow
@pytest.mark.parametrize("actor", ["pia.berg", "vera.lind", "ana.silva", "otto.audit"])
async def test_only_finance_or_a_director_imports(left: Scribe, actor: str) -> None:
    with pytest.raises(Refused, match=f"{actor} may not import bank file"):
        await imports(left.desk, told_now(booked(paying.identifier(left))), actor=actor)
    assert await left.desk.pool.fetchval("SELECT count(*) FROM payments.bank_files") == 0
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"no message", b"<Document/>", told_now(booked("X"))[:-30]])
async def test_what_is_no_message_is_not_kept(left: Scribe, content: bytes) -> None:
    with pytest.raises(UnreadableMessage):
        await imports(left.desk, content)
    assert await left.desk.pool.fetchval("SELECT count(*) FROM payments.bank_files") == 0


class Killed(BaseException):
    """The process dies."""


@pytest.mark.slow
async def test_an_import_that_was_cut_off_is_gone_on_with_and_takes_nothing_twice(
    furnished: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await paying.released(furnished), await paying.released(furnished, OTHER)
    await handed_over(furnished, tmp_path)
    content = told_now(booked(paying.identifier(one)), booked(paying.identifier(other)))
    really = accord.counter.bank_import.take  # type: ignore[attr-defined]

    async def dies_at_the_second(counter: Any, file: Any, judged: Any, beside: Any) -> Any:
        if judged.partnership_id == OTHER:
            raise Killed
        return await really(counter, file, judged, beside)

    monkeypatch.setattr(accord.counter.bank_import, "take", dies_at_the_second)
    with pytest.raises(Killed):
        await imports(furnished, content)
    monkeypatch.setattr(accord.counter.bank_import, "take", really)
    assert [(await paying.attempt_of(s)).status for s in (one, other)] == [
        TrancheStatus.SETTLED, TrancheStatus.HANDED_OVER
    ]  # fmt: skip
    (rest,) = await finish_interrupted_imports(furnished)
    assert ([answer.partnership_id for answer in rest.new], rest.known) == ([OTHER], 1)
    assert (await paying.attempt_of(other)).status is TrancheStatus.SETTLED
    assert await finish_interrupted_imports(furnished) == ()
    assert (await imports(furnished, content)).known == 2


@pytest.mark.slow
async def test_ten_files_at_once_are_each_taken_once(furnished: Desk, desks: NewDesk, tmp_path: Path) -> None:
    scribes = [await paying.released(furnished, f"P-2026-00{50 + n}") for n in range(5)]
    await handed_over(furnished, tmp_path)
    contents = [told_now(booked(paying.identifier(scribe)), message=scribe.reference) for scribe in scribes]
    people = [await desks() for _ in range(5)]

    async def brings(desk: Desk, content: bytes) -> Import:
        return await import_file(desk, "bank.xml", content, PAYER)

    found = await asyncio.gather(*(brings(desk, content) for content in contents for desk in people[:2]))
    assert sum(len(one.new) for one in found) == 5
    assert sum(one.known for one in found) == 5
    for scribe in scribes:
        assert (await paying.told(scribe)).count("TrancheEnded") == 1
        assert await recorded(furnished, StreamId.bank_file(bank_file("", contents[0]).sha256)) == ["BankFileImported"]
