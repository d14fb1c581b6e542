"""Taking a payment back: until its file is handed over a person can, afterwards only the bank's word ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from accord.presentation.faults import Refused
from activities import payment
from activities.payment import Payments
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.status import TrancheStatus
from payments.out.files import stored_file
from tests.builders import funds_out, proposal
from tests.lives import Life


class Gateway:
    """A place at which an activity waits until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await self.open.wait()


@contextmanager
def before(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> Iterator[Gateway]:
    """Let an activity wait right before it calls something. It goes on when the block is left."""
    gateway, true = Gateway(), getattr(owner, name)

    async def waits(*arguments: Any) -> Any:
        await gateway.pass_through()
        return await true(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, waits)
        try:
            yield gateway
        finally:
            gateway.open.set()


def one_payment(life: Life) -> Any:
    return proposal(life.reference, funds_out=funds_out("1000.00", final_report=False))


async def cancel(life: Life, attempt: int = 1) -> None:
    reason = "the account is in doubt"
    await life.do(c.CancelPayment, "femi.ade", tranche=1, attempt=attempt, reason=reason)


async def until_status(life: Life, status: TrancheStatus, attempt: int = 1) -> None:
    await life.until_attempt(lambda known: known.status is status, 1, attempt)


async def paid_at_the_second_attempt(life: Life) -> None:
    """A payment taken back can be released anew, and is paid once."""
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(1, 2), BankStatus.SETTLED)
    closed = await life.until_stage(Stage.CLOSED)
    assert (closed.tranches[0].state, closed.tranches[0].attempt) == (TrancheState.SETTLED, 2)
    assert "PaymentHandedOver" not in await life.bank_events(1, 1)


@pytest.mark.slow
async def test_what_is_cancelled_before_it_was_looked_at_is_never_instructed(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.signed(one_payment(life))
    with before(monkeypatch, Payments, "_released") as gateway:
        await life.do(c.Release, "paul.nkosi", tranche=1)
        await gateway.reached.wait()
        await cancel(life)
    await until_status(life, TrancheStatus.WITHHELD)
    assert (await life.state()).tranches[0].state is TrancheState.CANCELLED
    assert "CommandRefused" not in await life.told()
    await paid_at_the_second_attempt(life)


@pytest.mark.slow
async def test_what_is_cancelled_while_registers_and_lists_are_asked_is_never_instructed(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.signed(one_payment(life))
    with before(monkeypatch, payment, "verify") as gateway:
        await life.do(c.Release, "paul.nkosi", tranche=1)
        await gateway.reached.wait()
        await cancel(life)
    await until_status(life, TrancheStatus.WITHHELD)
    await paid_at_the_second_attempt(life)


@pytest.mark.slow
async def test_what_is_cancelled_while_it_is_instructed_is_taken_back(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.signed(one_payment(life))
    with before(monkeypatch, payment, "freeze") as gateway:
        await life.do(c.Release, "paul.nkosi", tranche=1)
        await gateway.reached.wait()
        await cancel(life)
    await until_status(life, TrancheStatus.CANCELLED)
    assert await life.bank_events() == ["TrancheReleasedForPayment", "PaymentInstructed", "PaymentTakenBack"]
    await paid_at_the_second_attempt(life)


@pytest.mark.slow
async def test_what_is_cancelled_after_it_was_instructed_is_taken_back_and_in_no_file(life: Life) -> None:
    await life.released(one_payment(life))
    await cancel(life)
    await until_status(life, TrancheStatus.CANCELLED)
    with pytest.raises(AssertionError, match="nothing waits"):
        await life.file()
    await paid_at_the_second_attempt(life)


@pytest.mark.slow
async def test_a_cancellation_is_refused_for_what_was_never_released_or_was_cancelled_before(life: Life) -> None:
    await life.signed(one_payment(life))
    with pytest.raises(Refused, match="nothing of it waits"):
        await cancel(life)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.instructed()
    await cancel(life)
    with pytest.raises(Refused, match="nothing of it waits"):
        await cancel(life)
    with pytest.raises(Refused, match=r"no tranche 7"):
        await life.do(c.CancelPayment, "femi.ade", tranche=7, attempt=1, reason="a slip")


@pytest.mark.slow
async def test_a_cancellation_before_the_hand_over_makes_the_file_void(life: Life) -> None:
    await life.released(one_payment(life))
    file = await life.file()
    await cancel(life)
    with pytest.raises(Refused, match=f"not handed over, and {file} is void"):
        await life.hand_over(file)
    assert await standing(life, file) is FileStatus.VOID
    assert (await life.state()).tranches[0].state is TrancheState.CANCELLED
    await paid_at_the_second_attempt(life)


@pytest.mark.slow
async def test_a_cancellation_after_the_hand_over_is_refused_and_says_who_ends_it_now(life: Life) -> None:
    tranche = await life.released(one_payment(life))
    file = await life.file()
    await life.hand_over(file)
    with pytest.raises(Refused, match="only the bank's word ends it"):
        await cancel(life)
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


@pytest.mark.slow
async def test_a_cancellation_that_was_decided_before_the_hand_over_and_sent_after_it_is_refused(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workflow does not know of the hand-over yet: its append conflicts, and it decides again."""
    await life.released(one_payment(life))
    file = await life.file()
    command = await life.command(c.CancelPayment, "femi.ade", tranche=1, attempt=1, reason="the account is in doubt")

    async def lost(*_: Any) -> None:
        """The hint that it was handed over reaches nobody."""

    monkeypatch.setattr("accord.counter.hand_over.tell_workflows", lost)
    await life.hand_over(file)
    with pytest.raises(Refused, match="only the bank's word ends it"):
        await life.send(command)
    assert "PaymentCancelled" not in await life.told()
    await (await life.reconciliation()).once(minimum_age=timedelta(0))


@pytest.mark.slow
async def test_of_a_hand_over_and_a_cancellation_at_the_same_moment_one_wins_and_the_other_is_told(
    life: Life,
) -> None:
    await life.released(one_payment(life))
    file = await life.file()
    done = await asyncio.gather(life.hand_over(file), cancel(life), return_exceptions=True)
    left, cancelled = (not isinstance(answer, BaseException) for answer in done)
    assert [type(answer) for answer in done if isinstance(answer, BaseException)] == [Refused]
    state, told = await life.state(), await life.told()
    assert (left, cancelled) == ("TrancheHandedOver" in told, "PaymentCancelled" in told)
    with pytest.raises(Refused, match=r"handed over by" if left else r"void|VOID"):
        await life.hand_over(file)
    assert await standing(life, file) is (FileStatus.HANDED_OVER if left else FileStatus.VOID)
    assert state.tranches[0].state is (TrancheState.HANDED_OVER if left else TrancheState.CANCELLED)


async def standing(life: Life, message_id: str) -> FileStatus:
    """The state of a file."""
    async with life.desk.pool.acquire() as connection:
        found = await stored_file(connection, message_id)
    assert found is not None
    return found.status


# Holds


@pytest.mark.slow
async def test_what_is_held_between_release_and_instruction_is_withheld_and_released_anew_once_it_is_lifted(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.signed(one_payment(life))
    with before(monkeypatch, Payments, "_released") as gateway:
        await life.do(c.Release, "paul.nkosi", tranche=1)
        await gateway.reached.wait()
        await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    await life.until_tranche(TrancheState.WITHHELD)
    assert "PaymentInstructed" not in await life.bank_events()
    await life.do(c.LiftHold, "dora.kim", reason="answered")
    await paid_at_the_second_attempt(life)


@pytest.mark.slow
async def test_what_is_held_while_it_is_instructed_waits_and_leaves_once_it_is_lifted(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.signed(one_payment(life))
    with before(monkeypatch, payment, "freeze") as gateway:
        await life.do(c.Release, "paul.nkosi", tranche=1)
        await gateway.reached.wait()
        await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    tranche = await life.instructed()
    assert tranche.status is TrancheStatus.INSTRUCTED
    with pytest.raises(AssertionError, match="it stands on hold"):
        await life.file()
    await life.do(c.LiftHold, "femi.ade", reason="answered")
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


@pytest.mark.slow
async def test_a_hold_after_the_file_was_made_keeps_it_from_leaving(life: Life) -> None:
    await life.released(one_payment(life))
    file = await life.file()
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    with pytest.raises(Refused, match="it stands on hold"):
        await life.hand_over(file)
    assert "PaymentHandedOver" not in await life.bank_events()
