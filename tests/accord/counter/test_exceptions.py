"""An unmatched word is resolved by a signed act of a fixed kind. Where money moves by it, two others sign."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import named_exception
from accord.counter.exceptions import Resolved, resolve
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from accord.presentation.faults import BadInput, Refused
from domain.partnership import events as e
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheStatus
from domain.streams import StreamId
from payments.answers.exceptions import RaisedException
from tests import paying
from tests.accord.counter.files import PAYER, booked, exceptions_of, handed_over, imports, reasons, recorded, told_now
from tests.payments.orders import RETURNED, remittance, status_report, transaction_status
from tests.scribe import Scribe

KIND = ExceptionKind
FINANCE, DIRECTOR = "femi.ade", "dora.kim"
NOTE = "their operations desk, by telephone"
BELONGS, TOLD, SENDER, BANK, OURS = (
    Resolution.BELONGS_TO, Resolution.TOLD_BEFORE, Resolution.RETURNED_TO_SENDER, Resolution.BANK_ERROR, Resolution.OURS
)  # fmt: skip
NOTHING_COUNTS = [TOLD, SENDER, BANK, OURS]


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A partnership whose one payment of USD 1,000 was handed over to the bank."""
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "out")
    return scribe


@pytest.fixture
async def settled(left: Scribe) -> Scribe:
    """The same, once the bank booked it."""
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="DEBIT-1")))
    return left


def back(scribe: Scribe, amount: str = "1000.00", reference: str = "CREDIT-1") -> bytes:
    words = booked(paying.identifier(scribe), amount, direction="CRDT", details=RETURNED, reference=reference)
    return told_now(words, message=f"BANK-{reference}")


def donated(note: str, amount: str = "5000.00", **more: str) -> bytes:
    return told_now(booked("", amount, direction="CRDT", details=remittance(note), **more))


async def raised(scribe: Scribe, content: bytes, kind: ExceptionKind, actor: str = PAYER) -> RaisedException:
    """The exception that a file of the bank's raises."""
    found = await imports(scribe.desk, content, actor=actor)
    assert [one.kind for one in found.for_a_person] == [kind]
    return await named_exception(scribe.desk, found.for_a_person[0].exception)


async def says(
    scribe: Scribe,
    exception: RaisedException,
    resolution: Resolution,
    actor: str,
    belongs: PaymentReference | None = None,
) -> Resolved:
    return await resolve(scribe.desk, exception, resolution, belongs or PaymentReference(), NOTE, actor)


async def at_rest(scribe: Scribe) -> None:
    """Nothing waits for a person, and once the hold is lifted nothing else does."""
    assert await exceptions_of(scribe.desk) == []
    state = await scribe.reread()
    assert state.contradictions == ()
    if state.hold is not None:
        await paying.lift(scribe)
    assert (await scribe.reread()).hold is None


async def progress(scribe: Scribe) -> tuple[TrancheStatus, TrancheState]:
    state = await scribe.reread()
    return (await paying.attempt_of(scribe)).status, state.tranches[0].state


# What does not count


@pytest.mark.sampled(1)
@pytest.mark.parametrize("resolution", NOTHING_COUNTS)
async def test_that_a_booking_of_ours_does_not_count_is_said_by_two_who_had_no_part_in_it(
    settled: Scribe, resolution: Resolution
) -> None:
    again = told_now(booked(paying.identifier(settled), reference="DEBIT-2"))
    exception = await raised(settled, again, KIND.SECOND_BOOKING)
    with pytest.raises(Refused, match=f"{PAYER} took part in it"):
        await says(settled, exception, resolution, PAYER)
    assert (await says(settled, exception, resolution, FINANCE)).waits_for_second
    assert not (await says(settled, exception, resolution, DIRECTOR)).waits_for_second
    assert await progress(settled) == (TrancheStatus.SETTLED, TrancheState.SETTLED)
    await at_rest(settled)
    (known,) = await exceptions_of(settled.desk, everything=True)
    assert (known.exception_id, known.resolved_at is not None) == (exception.exception_id, True)
    assert await recorded(settled.desk, StreamId.exception(exception.exception_id)) == [
        "ExceptionRaised", "ResolutionAgreed", "ExceptionResolved"
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("resolution", NOTHING_COUNTS)
@pytest.mark.parametrize("actor", [PAYER, FINANCE, DIRECTOR])
async def test_that_money_did_not_come_back_is_said_by_one(settled: Scribe, resolution: Resolution, actor: str) -> None:
    exception = await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN)
    assert not (await says(settled, exception, resolution, actor)).waits_for_second
    assert (await settled.reread()).tranches[0].returned == Decimal(0)
    await at_rest(settled)


@pytest.mark.slow
@pytest.mark.parametrize("actor", ["pia.berg", "vera.lind", "ana.silva", "otto.audit"])
async def test_only_finance_or_a_director_resolves(settled: Scribe, actor: str) -> None:
    exception = await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN)
    with pytest.raises(Refused, match=f"{actor} may not resolve exception"):
        await says(settled, exception, BANK, actor)
    assert len(await exceptions_of(settled.desk)) == 1


@pytest.mark.slow
async def test_what_is_resolved_is_not_resolved_again(settled: Scribe) -> None:
    exception = await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN)
    await says(settled, exception, BANK, FINANCE)
    with pytest.raises(Refused, match=f"{exception.name} was resolved by {FINANCE}"):
        await says(settled, exception, OURS, DIRECTOR)


@pytest.mark.slow
async def test_a_second_booking_is_not_counted_a_second_time(settled: Scribe) -> None:
    again = told_now(booked(paying.identifier(settled), reference="DEBIT-2"))
    exception = await raised(settled, again, KIND.SECOND_BOOKING)
    with pytest.raises(Refused, match="it is booked already, and one payment is booked once"):
        await says(settled, exception, BELONGS, DIRECTOR)
    assert len(await exceptions_of(settled.desk)) == 1


@pytest.mark.slow
async def test_a_booking_after_a_return_counts_once_two_say_so_and_it_is_not_paid_again(settled: Scribe) -> None:
    """The bank had booked it twice and put that right. Its second booking was told after the correction."""
    await imports(settled.desk, back(settled))
    assert await progress(settled) == (TrancheStatus.RETURNED, TrancheState.RETURNED)
    again = told_now(booked(paying.identifier(settled), reference="DEBIT-2"))
    exception = await raised(settled, again, KIND.CONTRADICTION)
    await says(settled, exception, BELONGS, DIRECTOR)
    await at_rest(settled)
    assert await progress(settled) == (TrancheStatus.SETTLED, TrancheState.SETTLED)


@pytest.mark.slow
async def test_a_return_told_under_another_reference_returns_nothing_that_was_booked_since(settled: Scribe) -> None:
    """Given a payment that came back and was booked again, when a return is told, then people say whether it is new."""
    await imports(settled.desk, back(settled))
    again = told_now(booked(paying.identifier(settled), reference="DEBIT-2"))
    await says(settled, await raised(settled, again, KIND.CONTRADICTION), BELONGS, DIRECTOR)
    await raised(settled, back(settled, reference="CREDIT-1-OF-THE-DAY"), KIND.CONTRADICTION)
    assert await progress(settled) == (TrancheStatus.SETTLED, TrancheState.SETTLED)


@pytest.mark.slow
async def test_while_the_banks_word_waits_nothing_more_is_paid_and_the_hold_is_not_lifted(
    furnished: Desk, tmp_path: Path
) -> None:
    scribe = await paying.released(furnished, paying.REFERENCE, "600.00", "400.00")
    file = await handed_over(furnished, tmp_path)
    assert file.payment_count == 2
    exception = await raised(scribe, told_now(booked(paying.identifier(scribe), "601.00")), KIND.OTHER_CONTENT)
    for actor in (FINANCE, DIRECTOR):
        await says(scribe, exception, BANK, actor)
    await at_rest(scribe)
    assert (await paying.attempt_of(scribe)).status is TrancheStatus.HANDED_OVER
    found = await imports(furnished, told_now(booked(paying.identifier(scribe), "600.00"), message="BANK-9"))
    assert len(found.new) == 1
    assert (await paying.attempt_of(scribe)).status is TrancheStatus.SETTLED


# What counts, by two


@pytest.mark.slow
async def test_a_part_that_came_back_counts_once_two_say_so_who_had_no_part_in_it(settled: Scribe) -> None:
    exception = await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN)
    assert (await says(settled, exception, BELONGS, FINANCE)).waits_for_second
    assert (await says(settled, exception, BELONGS, FINANCE)).waits_for_second
    assert (await settled.reread()).tranches[0].returned == Decimal(0)
    assert not (await says(settled, exception, BELONGS, DIRECTOR)).waits_for_second
    tranche = (await settled.reread()).tranches[0]
    assert (tranche.state, tranche.returned) == (TrancheState.SETTLED, Decimal("400.00"))
    await at_rest(settled)


@pytest.mark.slow
async def test_parts_that_came_back_make_a_whole(settled: Scribe) -> None:
    for amount in ("400.00", "600.00"):
        exception = await raised(settled, back(settled, amount, f"C-{amount}"), KIND.PARTIAL_RETURN)
        for actor in (FINANCE, DIRECTOR):
            await says(settled, exception, BELONGS, actor)
    assert (await settled.reread()).tranches[0].state is TrancheState.RETURNED
    await at_rest(settled)


@pytest.mark.slow
async def test_nothing_came_back_of_what_is_not_booked_here_until_the_booking_counts(left: Scribe) -> None:
    """Otherwise a booking that counts later stands for money that the bank gave back before."""
    wrongly_dated = booked(paying.identifier(left), reference="DEBIT-1", booked="<Dt>2020-01-02</Dt>")
    booking = await raised(left, told_now(wrongly_dated), KIND.IMPOSSIBLE_DAY)
    came_back = await raised(left, back(left), KIND.CONTRADICTION)
    with pytest.raises(Refused, match="nothing of it is booked here that could come back"):
        await says(left, came_back, BELONGS, FINANCE)
    await says(left, booking, BELONGS, FINANCE)
    await says(left, came_back, BELONGS, FINANCE)
    await says(left, came_back, BELONGS, DIRECTOR)
    assert (await left.reread()).tranches[0].state is TrancheState.RETURNED


@pytest.mark.slow
@pytest.mark.parametrize("word", [Resolution.BANK_ERROR, Resolution.TOLD_BEFORE])
async def test_what_comes_back_of_two_bookings_is_for_people_though_one_of_them_counts_for_nothing(
    left: Scribe, word: Resolution
) -> None:
    """The bank took back the booking that could not be, and the other's money was released once more."""
    wrongly_dated = booked(paying.identifier(left), reference="DEBIT-1", booked="<Dt>2020-01-02</Dt>")
    booking = await raised(left, told_now(wrongly_dated), KIND.IMPOSSIBLE_DAY)
    await imports(left.desk, told_now(booked(paying.identifier(left), reference="DEBIT-2"), message="SECOND"))
    for actor in (FINANCE, DIRECTOR):
        await says(left, booking, word, actor)
    came_back = await raised(left, back(left), KIND.CONTRADICTION)
    assert "it was booked twice" in came_back.reason
    assert (await left.reread()).tranches[0].state is TrancheState.SETTLED


@pytest.mark.slow
async def test_two_who_say_different_things_do_not_agree(settled: Scribe) -> None:
    exception = await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN)
    await says(settled, exception, BELONGS, FINANCE)
    other = await says(settled, exception, BELONGS, DIRECTOR, PaymentReference(settled.reference, 1, 1))
    assert other.waits_for_second
    assert (await settled.reread()).tranches[0].returned == Decimal(0)


@pytest.mark.slow
@pytest.mark.parametrize("importer", [PAYER, FINANCE, DIRECTOR])
async def test_whoever_released_made_handed_over_or_imported_it_does_not_count(settled: Scribe, importer: str) -> None:
    exception = await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN, importer)
    for actor in {PAYER, importer}:
        with pytest.raises(Refused, match=rf"{actor} took part in it .*others must say so"):
            await says(settled, exception, BELONGS, actor)
    assert (await settled.reread()).tranches[0].returned == Decimal(0)


@pytest.mark.slow
async def test_whoever_only_handed_it_over_does_not_count_either(furnished: Desk, tmp_path: Path) -> None:
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path, FINANCE)
    await imports(furnished, told_now(booked(paying.identifier(scribe), reference="DEBIT-1")))
    exception = await raised(scribe, back(scribe, "400.00"), KIND.PARTIAL_RETURN)
    with pytest.raises(Refused, match=f"{FINANCE} took part in it"):
        await says(scribe, exception, BELONGS, FINANCE)


@pytest.mark.slow
async def test_a_rejection_belongs_to_a_payment_only_by_a_letter_that_nothing_was_booked(left: Scribe) -> None:
    await imports(left.desk, await status(left, "ACSP"))
    exception = await raised(left, await status(left, "RJCT", "AC01"), KIND.IDENTITY_USED_AGAIN)
    with pytest.raises(Refused, match="only when two sign, with the bank's letter, that nothing was booked"):
        await says(left, exception, BELONGS, FINANCE)
    assert await progress(left) == (TrancheStatus.ACCEPTED, TrancheState.HANDED_OVER)


async def status(scribe: Scribe, code: str, reason: str = "") -> str:
    """A status of the payment, in a message that bears the same name whatever it says."""
    original = (await paying.attempt_of(scribe)).message_id
    report = status_report(transaction_status(paying.identifier(scribe), code, reason, original), "BANK-1")
    return report.replace("2026-11-03T09:00:00+01:00", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


@pytest.mark.slow
async def test_what_the_bank_booked_and_rejects_is_said_by_nobody_to_have_ended(settled: Scribe) -> None:
    exception = await raised(settled, await status(settled, "RJCT", "AC01"), KIND.CONTRADICTION)
    with pytest.raises(Refused, match="only when two sign"):
        await says(settled, exception, BELONGS, FINANCE)
    assert await progress(settled) == (TrancheStatus.SETTLED, TrancheState.SETTLED)
    await says(settled, exception, BANK, FINANCE)
    await at_rest(settled)


@pytest.mark.slow
async def test_a_booking_of_another_sum_cannot_be_that_payment_whoever_says_so(left: Scribe) -> None:
    exception = await raised(left, told_now(booked(paying.identifier(left), "1001.00")), KIND.OTHER_CONTENT)
    with pytest.raises(
        Refused,
        match=r"the bank says USD 1,001.00, the payment is USD 1,000.00; it cannot be that payment as it stands",
    ):
        await says(left, exception, BELONGS, FINANCE)
    assert await progress(left) == (TrancheStatus.HANDED_OVER, TrancheState.HANDED_OVER)
    assert len(await exceptions_of(left.desk)) == 1


@pytest.mark.slow
async def test_an_earlier_attempt_that_was_booked_after_all_stops_the_one_that_was_released_since(left: Scribe) -> None:
    desk = left.desk
    await imports(desk, await status(left, "RJCT", "BE04"))
    await imports(desk, await status(left, "RJCT", "BE04"), actor=FINANCE)
    await paying.release(await paying.caught_up(left), attempt=2)
    exception = await raised(left, told_now(booked(paying.identifier(left)), message="BANK-2"), KIND.CONTRADICTION)
    await says(left, exception, BELONGS, DIRECTOR)
    assert (await paying.attempt_of(left)).status is TrancheStatus.SETTLED
    await at_rest(left)
    made = await export(desk, PAYER)
    ((_, _, why),) = reasons(made)
    assert made.files == ()
    assert why.startswith("attempt 1 of the tranche has not ended")


async def test_money_that_names_nobody_counts_as_received_where_two_say_whose_it_is(furnished: Desk) -> None:
    gift = await paying.expecting(furnished)
    exception = await raised(gift, donated("Thank you"), KIND.UNEXPECTED_RECEIPT)
    assert exception.partnership == ""
    with pytest.raises(BadInput, match="say whose it is: --partnership"):
        await says(gift, exception, BELONGS, FINANCE)
    whose = PaymentReference(gift.reference)
    assert (await says(gift, exception, BELONGS, FINANCE, whose)).waits_for_second
    assert (await gift.reread()).received == Decimal(0)
    await says(gift, exception, BELONGS, DIRECTOR, whose)
    assert (await gift.reread()).received == Decimal("5000.00")
    await at_rest(gift)


@pytest.mark.slow
async def test_money_for_a_partnership_that_expects_none_cannot_be_counted_there(left: Scribe) -> None:
    exception = await raised(left, donated(left.reference), KIND.UNEXPECTED_RECEIPT)
    with pytest.raises(Refused, match=f"no money is expected in {left.reference}"):
        await says(left, exception, BELONGS, FINANCE)
    assert len(await exceptions_of(left.desk)) == 1
    await says(left, exception, SENDER, FINANCE)
    await at_rest(left)


@pytest.mark.slow
async def test_a_gift_that_may_have_been_told_before_counts_or_does_not_as_people_say(furnished: Desk) -> None:
    gift = await paying.expecting(furnished)
    await imports(furnished, donated(gift.reference, "2500.00"))
    again = donated(gift.reference, "2500.00").replace(b"BANK-1", b"BANK-2")
    exception = await raised(gift, again, KIND.PERHAPS_TOLD_BEFORE)
    await says(gift, exception, TOLD, PAYER)
    assert (await gift.reread()).received == Decimal("2500.00")
    third = donated(gift.reference, "2500.00").replace(b"BANK-1", b"BANK-3")
    exception = await raised(gift, third, KIND.PERHAPS_TOLD_BEFORE)
    for actor in (FINANCE, DIRECTOR):
        await says(gift, exception, BELONGS, actor)
    assert (await gift.reread()).received == Decimal("5000.00")
    await at_rest(gift)


@pytest.mark.slow
async def test_a_late_return_that_was_recorded_is_put_to_rest(settled: Scribe) -> None:
    await (await paying.caught_up(settled)).says(e.PartnershipTerminated, DIRECTOR, reason="it is over")
    exception = await raised(settled, back(settled), KIND.LATE_RETURN)
    for actor in (FINANCE, DIRECTOR):
        await says(settled, exception, BELONGS, actor)
    assert await progress(settled) == (TrancheStatus.RETURNED, TrancheState.RETURNED)
    assert await exceptions_of(settled.desk) == []


@pytest.mark.slow
async def test_a_booking_that_names_no_payment_counts_for_the_payment_that_a_person_names(left: Scribe) -> None:
    exception = await raised(left, told_now(booked("ACCUNKNOWN")), KIND.UNKNOWN_PAYMENT)
    assert not (await says(left, exception, BELONGS, FINANCE, PaymentReference(left.reference, 1, 1))).waits_for_second
    assert await progress(left) == (TrancheStatus.SETTLED, TrancheState.SETTLED)
    await at_rest(left)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("whose", "told"),
    [
        (PaymentReference("P-2026-0999", 1, 1), "there is no partnership P-2026-0999"),
        (PaymentReference(paying.REFERENCE, 2, 1), "has no attempt 1 at tranche 2"),
        (PaymentReference(paying.REFERENCE, 1, 2), "has no attempt 2 at tranche 1"),
    ],
)
async def test_a_booking_counts_for_no_payment_that_was_never_made(
    left: Scribe, whose: PaymentReference, told: str
) -> None:
    exception = await raised(left, told_now(booked("ACCUNKNOWN")), KIND.UNKNOWN_PAYMENT)
    with pytest.raises(Refused, match=told):
        await says(left, exception, BELONGS, FINANCE, whose)
    assert len(await exceptions_of(left.desk)) == 1


@pytest.mark.slow
async def test_what_cannot_be_read_as_an_answer_never_counts_and_can_be_put_aside(left: Scribe) -> None:
    exception = await raised(left, told_now(booked(paying.identifier(left), "many")), KIND.UNREADABLE)
    with pytest.raises(Refused, match="cannot be read as an answer, so it cannot count"):
        await says(left, exception, BELONGS, FINANCE, PaymentReference(left.reference, 1, 1))
    for actor in (FINANCE, DIRECTOR):
        await says(left, exception, BANK, actor)
    await at_rest(left)


@pytest.mark.slow
async def test_the_banks_word_that_a_payment_settled_which_never_left_is_kept_and_can_be_put_aside(
    furnished: Desk, tmp_path: Path
) -> None:
    scribe = await paying.released(furnished)
    exception = await raised(scribe, told_now(booked(paying.identifier(scribe))), KIND.NOT_HANDED_OVER)
    ((_, _, told),) = reasons(await export(furnished, PAYER))
    assert told.startswith("it stands on hold")
    for actor in (FINANCE, DIRECTOR):
        await says(scribe, exception, BANK, actor)
    await at_rest(scribe)
    assert await handed_over(furnished, tmp_path)


# Names


@pytest.mark.slow
async def test_an_exception_is_named_by_its_name_or_the_beginning_of_it(settled: Scribe) -> None:
    exception = await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN)
    for named in (exception.name, exception.name.lower(), exception.name[:8], exception.name[3:]):
        assert await named_exception(settled.desk, named) == exception


@pytest.mark.slow
@pytest.mark.parametrize("named", ["EX-", "EX-0", "", "EX-FFFFFFFFFF", "nonsense", "%", "../"])
async def test_a_name_that_names_none_or_too_many_is_bad_input(settled: Scribe, named: str) -> None:
    await raised(settled, back(settled, "400.00"), KIND.PARTIAL_RETURN)
    with pytest.raises(BadInput, match="of the exceptions; see `accord payments exceptions`"):
        await named_exception(settled.desk, named)
