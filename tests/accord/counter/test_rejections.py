"""A rejection that names no fault of the payment ends nothing: two say that nothing was booked, late, with a letter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import named_exception
from accord.counter.exceptions import Resolved, resolve
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from accord.counter.written_again import write_again
from accord.presentation.faults import BadInput, Refused
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheStatus
from payments.answers.exceptions import RaisedException
from tests import paying
from tests.accord.counter.files import (
    OTHER,
    PAYER,
    booked,
    business_days_later,
    handed_over,
    imports,
    reasons,
    told_now,
)
from tests.accord.counter.test_bank_import import kinds, report
from tests.payments.orders import group_status, transaction_status
from tests.scribe import Scribe

KIND = ExceptionKind
FINANCE, DIRECTOR = "femi.ade", "dora.kim"
WORD = ("letter.pdf", b"We booked nothing of your payment.")
DUPLICATE = "<StsRsnInf><Rsn><Prtry>DUPLICATE FILE</Prtry></Rsn></StsRsnInf>"
NARRATIVE = "<StsRsnInf><Rsn><Cd>NARR</Cd></Rsn><AddtlInf>Duplicate file, id already processed</AddtlInf></StsRsnInf>"
FORMAT = "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn><AddtlInf>duplicate</AddtlInf></StsRsnInf>"
IN_FRENCH = "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>Fichier déjà traité</AddtlInf></StsRsnInf>"
CLOSED = "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>"
WORDS = {"proprietary": DUPLICATE, "narrative": NARRATIVE, "format": FORMAT, "none": "", "a code and words": IN_FRENCH}


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A partnership whose one payment of USD 1,000 was handed over to the bank."""
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "out")
    return scribe


async def whole_file(scribe: Scribe, why: str, message: str = "BANK-1") -> str:
    """A rejection of the file that the payment left in, with the bank's reasons."""
    original = (await paying.attempt_of(scribe)).message_id
    return report(group_status(original, "RJCT").replace("</GrpSts>", f"</GrpSts>{why}"), message)


async def one_payment(scribe: Scribe, why: str, message: str = "BANK-1") -> str:
    original = (await paying.attempt_of(scribe)).message_id
    body = transaction_status(paying.identifier(scribe), "RJCT", original=original)
    return report(body.replace("</TxSts>", f"</TxSts>{why}"), message)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("level", [whole_file, one_payment])
async def test_a_file_that_was_uploaded_twice_is_paid_once(left: Scribe, level: object, words: str) -> None:
    found = await imports(left.desk, await level(left, WORDS[words]))  # type: ignore[operator]
    assert (found.new, kinds(found)) == ((), [KIND.REJECTION_IN_DOUBT])
    state = await left.reread()
    assert (state.tranches[0].state, state.hold is not None) == (TrancheState.HANDED_OVER, True)
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER
    await imports(left.desk, told_now(booked(paying.identifier(left)), message="BANK-2"))
    assert (await paying.attempt_of(left)).status is TrancheStatus.SETTLED
    assert (await export(left.desk, PAYER)).files == ()


@pytest.mark.slow
async def test_a_rejected_payment_of_a_file_that_the_bank_calls_settled_is_in_doubt(left: Scribe) -> None:
    settled = (await one_payment(left, CLOSED)).replace(
        "</OrgnlGrpInfAndSts>", "<GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts>"
    )
    found = await imports(left.desk, settled)
    assert KIND.REJECTION_IN_DOUBT in kinds(found)
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER


# What two sign


async def in_doubt(scribe: Scribe, content: str, kind: ExceptionKind = KIND.REJECTION_IN_DOUBT) -> RaisedException:
    """The exception that a rejection raises."""
    (raised,) = (await imports(scribe.desk, content)).for_a_person
    assert raised.kind is kind
    return await named_exception(scribe.desk, raised.exception)


async def says(
    scribe: Scribe, exception: RaisedException, actor: str, word: tuple[str, bytes] | None = WORD,
    kind: Resolution = Resolution.NOTHING_BOOKED,
) -> Resolved:  # fmt: skip
    return await resolve(scribe.desk, exception, kind, PaymentReference(), "by letter of the bank", actor, word)


async def released_anew(scribe: Scribe) -> None:
    await paying.lift(scribe)
    await paying.release(await paying.caught_up(scribe), attempt=2)


@pytest.mark.slow
async def test_two_who_had_no_part_in_it_end_it_by_the_banks_letter_and_the_next_attempt_leaves(
    left: Scribe, tmp_path: Path
) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        assert (await says(left, exception, FINANCE)).waits_for_second
        assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER
        assert not (await says(left, exception, DIRECTOR)).waits_for_second
        assert (await paying.attempt_of(left)).status is TrancheStatus.REJECTED
        await released_anew(left)
        again = await handed_over(left.desk, tmp_path / "again")
    assert paying.identifier(left, attempt=2).encode() in again.content


@pytest.mark.slow
async def test_nobody_says_so_before_two_business_days_have_passed(left: Scribe) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    with pytest.raises(Refused, match="the bank may execute it until then: not before 20"):
        await says(left, exception, FINANCE)
    async with business_days_later(left.desk, 2, less=timedelta(seconds=1)):
        with pytest.raises(Refused, match="the bank may execute it until then"):
            await says(left, exception, FINANCE)


@pytest.mark.slow
async def test_whoever_released_made_handed_over_or_imported_it_is_not_one_of_the_two(left: Scribe) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        with pytest.raises(Refused, match=f"{PAYER} took part in it"):
            await says(left, exception, PAYER)


@pytest.mark.slow
async def test_the_letter_is_asked_for_and_kept_and_both_name_the_same(left: Scribe) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        with pytest.raises(BadInput, match="word: the bank's letter that nothing was booked is missing"):
            await says(left, exception, FINANCE, None)
        with pytest.raises(BadInput, match="word: only nothing-booked keeps a letter"):
            await says(left, exception, FINANCE, kind=Resolution.TOLD_BEFORE)
        await says(left, exception, FINANCE)
        assert (await says(left, exception, DIRECTOR, ("other.pdf", b"Another letter."))).waits_for_second
    kept = await left.desk.pool.fetch("SELECT content FROM payments.bank_files WHERE name LIKE '%.pdf' ORDER BY name")
    assert [row["content"] for row in kept] == [WORD[1], b"Another letter."]


@pytest.mark.slow
async def test_nobody_says_so_of_what_the_bank_booked(left: Scribe) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        await says(left, exception, FINANCE)
        await imports(left.desk, told_now(booked(paying.identifier(left)), message="BANK-2"))
        with pytest.raises(Refused, match="an imported file of the bank books this payment"):
            await says(left, exception, DIRECTOR)
    assert (await paying.attempt_of(left)).status is TrancheStatus.SETTLED


@pytest.mark.slow
async def test_a_booking_that_comes_after_the_two_signed_stops_the_next_attempt(left: Scribe) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        for actor in (FINANCE, DIRECTOR):
            await says(left, exception, actor)
        await released_anew(left)
        found = await imports(left.desk, told_now(booked(paying.identifier(left)), message="BANK-2"))
        assert kinds(found) == [KIND.CONTRADICTION]
        ((_, _, why),) = reasons(await export(left.desk, PAYER))
        assert why.startswith("it stands on hold")
        booking = await named_exception(left.desk, found.for_a_person[0].exception)
        await says(left, booking, DIRECTOR, None, Resolution.BELONGS_TO)
        await paying.lift(left)
        ((_, _, why),) = reasons(await export(left.desk, PAYER))
    assert why.startswith("attempt 1 of the tranche has not ended")
    assert (await paying.attempt_of(left)).status is TrancheStatus.SETTLED


# What the bank booked without naming the payment


async def unnamed(scribe: Scribe, name: str = "NOTPROVIDED") -> RaisedException:
    """The exception of a debit of the payment's sum that names none."""
    found = await imports(scribe.desk, told_now(booked(name, reference="OUT-1"), message="BANK-2"))
    return await named_exception(scribe.desk, found.for_a_person[0].exception)


async def belongs(scribe: Scribe, exception: RaisedException, whose: str) -> None:
    """A person says that a debit is the first payment of a partnership."""
    payment = PaymentReference(whose, 1, 1)
    await resolve(scribe.desk, exception, Resolution.BELONGS_TO, payment, "by the statement", DIRECTOR)


@pytest.mark.slow
async def test_nobody_says_so_of_what_people_found_to_be_booked(left: Scribe) -> None:
    """Given a debit that named no payment and is this one, as a person said, then two sign in vain."""
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        await belongs(left, await unnamed(left), left.reference)
        with pytest.raises(Refused, match="it is booked by what people said"):
            await says(left, exception, FINANCE)
    assert (await paying.attempt_of(left)).status is TrancheStatus.SETTLED


@pytest.mark.slow
@pytest.mark.parametrize("name", ["NOTPROVIDED", "", "NOT-PROVIDED"])
async def test_nobody_says_so_while_a_debit_of_its_sum_is_nobodys(left: Scribe, tmp_path: Path, name: str) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        debit = await unnamed(left, name)
        with pytest.raises(Refused, match=f"{debit.name} may be its booking"):
            await says(left, exception, FINANCE)
        await resolve(left.desk, debit, Resolution.OURS, PaymentReference(), "a fee of the bank", DIRECTOR)
        for actor in (FINANCE, DIRECTOR):
            await says(left, exception, actor)
        await released_anew(left)
        await handed_over(left.desk, tmp_path / "again")


@pytest.mark.slow
async def test_a_debit_of_nobody_that_comes_after_the_two_signed_stops_the_next_attempt(left: Scribe) -> None:
    exception = await in_doubt(left, await whole_file(left, DUPLICATE))
    async with business_days_later(left.desk, 2):
        for actor in (FINANCE, DIRECTOR):
            await says(left, exception, actor)
        debit = await unnamed(left)
        await released_anew(left)
        ((_, _, why),) = reasons(await export(left.desk, PAYER))
        assert why.startswith("attempt 1 of the tranche has not ended")
        await resolve(left.desk, debit, Resolution.OURS, PaymentReference(), "a fee of the bank", DIRECTOR)
        assert len((await export(left.desk, PAYER)).files) == 1


@pytest.mark.slow
async def test_a_debit_with_our_uetr_and_another_end_to_end_id_is_of_the_payment(left: Scribe) -> None:
    """Given a bank that writes words for the id, when it books by UETR, then the partnership is held."""
    uetr = (await paying.instruction(left)).unique_transaction_reference
    found = await imports(left.desk, told_now(booked("SEE-UETR", uetr=uetr, reference="OUT-1")))
    assert kinds(found) == [KIND.OTHER_CONTENT]
    assert (await left.reread()).hold is not None


@pytest.mark.slow
async def test_one_debit_settles_one_payment(left: Scribe, tmp_path: Path) -> None:
    """Given a debit that a person gave to one payment, when they give it to another as well, then it is refused."""
    other = await paying.released(left.desk, OTHER)
    await handed_over(left.desk, tmp_path / "other")
    debit = await unnamed(left)
    await belongs(left, debit, left.reference)
    with pytest.raises(Refused, match=f"{debit.name} was resolved by {DIRECTOR}"):
        await belongs(left, debit, OTHER)
    assert (await paying.attempt_of(other)).status is TrancheStatus.HANDED_OVER


# In which order, and how often


@pytest.mark.slow
async def test_a_file_that_was_written_again_is_ended_by_no_rejection_alone(left: Scribe, tmp_path: Path) -> None:
    message_id = (await paying.attempt_of(left)).message_id
    await write_again(left.desk, message_id, FINANCE, tmp_path / "again")
    closed = "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>"
    exception = await in_doubt(left, await one_payment(left, closed))
    assert "the file was written again" in exception.reason
    async with business_days_later(left.desk, 2):
        with pytest.raises(Refused, match=f"{FINANCE} took part in it"):
            await says(left, exception, FINANCE)


@pytest.mark.slow
async def test_a_file_is_not_written_again_once_the_bank_rejected_it(left: Scribe, tmp_path: Path) -> None:
    message_id = (await paying.attempt_of(left)).message_id
    await in_doubt(left, await whole_file(left, DUPLICATE))
    with pytest.raises(Refused, match="so it has the file"):
        await write_again(left.desk, message_id, FINANCE, tmp_path / "again")


@pytest.mark.slow
async def test_a_rejection_of_the_file_and_an_acceptance_of_the_payment_end_nothing(left: Scribe) -> None:
    original = (await paying.attempt_of(left)).message_id
    accepted = report(transaction_status(paying.identifier(left), "ACSP", original=original), "BANK-9")
    await in_doubt(left, await whole_file(left, DUPLICATE))
    await imports(left.desk, accepted)
    assert (await paying.attempt_of(left)).status is TrancheStatus.ACCEPTED


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 1])
async def test_two_reports_in_either_order_hold_it_and_the_fault_of_the_payment_ends_it(
    left: Scribe, first: int
) -> None:
    fault = await one_payment(left, "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>", "BANK-1")
    second = await whole_file(left, DUPLICATE, "BANK-2")
    for content in (fault, second) if first == 0 else (second, fault):
        await imports(left.desk, content)
    state = await left.reread()
    assert (await paying.attempt_of(left)).status is TrancheStatus.REJECTED
    assert (state.hold is not None, len(state.contradictions)) == (True, 1)


@pytest.mark.slow
async def test_the_same_rejection_twice_is_one_exception(left: Scribe) -> None:
    content = await whole_file(left, DUPLICATE)
    await in_doubt(left, content)
    for actor in (PAYER, FINANCE):
        found = await imports(left.desk, content, actor=actor)
        assert (found.known, found.for_a_person) == (1, ())
