"""Of several legs, the one that pays is judged: what befalls another does not stop it, or make it laxer (R1)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.directory.tiers import Role
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.payment.bank_answers import BankAnswer, BankStatus, Resolution
from domain.payment.tranche.events import PaymentRejected
from domain.proposal import Direction
from tests.accord.audit.bank.test_attempts import kept, rejection
from tests.accord.audit.funds.test_gift import charged, given
from tests.accord.audit.story import (
    FINANCE,
    PROGRAMME,
    REFERENCE,
    Step,
    Story,
    agreed,
    approves,
    assessed,
    both,
    proposed,
    releases,
    says,
    tell,
    verified,
)
from tests.accord.audit.test_after_the_release import stolen
from tests.builders import funds_in, funds_out, money, number, party
from tests.governing import hire

OUT, IN = Direction.FUNDS_OUT, Direction.FUNDS_IN
BOTH = proposed(funds_out=funds_out("1000.00"), funds_in=funds_in("5000.00", donor=party()))
AWAITED = proposed(funds_out=funds_out("1000.00", waits_for_gift=True), funds_in=funds_in("5000.00", donor=party()))


def held(leg: Direction | None, actor: str = "vera.lind") -> Step:
    if actor == ACCORD:
        return writes(e.HoldPlaced(at=datetime.now(UTC), actor=actor, reason="a rule", leg=leg))
    return says(e.HoldPlaced, actor, reason="a question in the press", leg=leg)


def ended(leg: Direction, actor: str = "dora.kim", *, anew: bool = False) -> Step:
    if actor == ACCORD:
        return writes(e.LegEnded(at=datetime.now(UTC), actor=actor, reason="a rule", leg=leg, anew=anew))
    return says(e.LegEnded, actor, reason="no more comes", leg=leg, anew=anew)


def writes(*events: e.PartnershipEvent) -> Step:
    async def step(story: Story) -> None:
        await story.write(*events)

    return step


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(held(IN), id="a hold on the gift"),
        pytest.param(held(IN, ACCORD), id="a hold by rule on the gift"),
        pytest.param(ended(IN), id="the gift ended"),
    ],
)
async def test_what_befalls_the_gift_stops_no_payment_of_the_grant(story: Story, step: Step) -> None:
    await tell(story, proposed=BOTH, released=both(releases(), step))
    await story.let_through()
    assert story.state.stage.value == "ACTIVE"


async def test_a_payment_is_released_beside_a_hold_on_the_gift(story: Story) -> None:
    await tell(story, proposed=BOTH, released=both(held(IN), releases()))
    await story.let_through()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        pytest.param((held(OUT),), "it stands on hold", id="a hold on the grant"),
        pytest.param((held(None), held(IN, ACCORD)), "it stands on hold", id="a narrower hold beside a wide one"),
        pytest.param((held(IN), held(None, ACCORD)), "it stands on hold", id="a wider hold beside a narrow one"),
        pytest.param((held(IN), held(OUT, ACCORD)), "it stands on hold", id="holds on both legs"),
        pytest.param((held(OUT), held(IN, ACCORD)), "it stands on hold", id="both, the other way round"),
        pytest.param((ended(OUT),), "the money out has ended", id="the grant ended"),
        pytest.param((ended(OUT, ACCORD),), "the money out has ended", id="the grant ended by the system"),
    ],
)
async def test_what_befalls_the_grant_stops_it(story: Story, steps: tuple[Step, ...], fault: str) -> None:
    await tell(story, proposed=BOTH, released=both(releases(), *steps))
    await story.stopped(fault)


async def test_a_release_under_a_hold_on_the_grant_does_not_count_after_it_was_lifted(story: Story) -> None:
    lifted = says(e.HoldLifted, "femi.ade", reason="answered")
    await tell(story, proposed=BOTH, released=both(held(OUT), releases(), lifted))
    await story.stopped("it was released while on hold")


@pytest.mark.slow
async def test_before_the_agreement_a_leg_that_the_system_ends_takes_every_approval_with_it(story: Story) -> None:
    """The worker's login alone cannot have others pay for what nobody approved without the gift."""
    await tell(story, proposed=BOTH, agreed=both(ended(IN, ACCORD, anew=True), verified(), assessed, agreed()))
    await story.stopped("approvals are missing: PROGRAMME_APPROVER, FINANCE_APPROVER")


async def test_what_is_left_is_approved_anew_and_paid(story: Story) -> None:
    again = both(verified(), assessed, approves("ana.silva", PROGRAMME), approves("femi.ade", FINANCE), agreed())
    await tell(story, proposed=BOTH, agreed=both(ended(IN, ACCORD, anew=True), again))
    await story.let_through()


async def test_a_tranche_that_waits_for_the_gift_waits_for_what_the_bank_proves(story: Story) -> None:
    """The worker's word on money that came in proves nothing: the bank's file must say so."""
    came = writes(
        e.FundsReceived(at=datetime.now(UTC), money={"amount": "5000.00", "currency": "USD"}, bank_reference="X")
    )
    await tell(story, proposed=AWAITED, released=both(came, releases()))
    await story.stopped("it waits for the gift: 0 of 1,000.00 is proved to have come in")


async def test_ending_the_gift_that_is_awaited_pays_nothing_either(story: Story) -> None:
    await tell(story, proposed=AWAITED, released=both(releases(), ended(IN, ACCORD)))
    await story.stopped("it waits for the gift")


@pytest.mark.slow
@pytest.mark.parametrize("leg", [None, IN])
async def test_nothing_is_spent_of_a_gift_that_stands_on_hold(story: Story, leg: Direction | None) -> None:
    gift = await given(story)
    await charged(story)
    await held(leg)(gift)
    await story.stopped(f"{gift.reference} stands on hold; nothing is spent of it")
    await says(e.HoldLifted, "femi.ade", reason="answered")(gift)
    await story.let_through()


async def test_who_may_not_lift_a_hold_on_a_gift_frees_nothing_of_it(story: Story) -> None:
    gift = await given(story)
    await charged(story)
    await both(held(IN), says(e.HoldLifted, "pia.berg", reason="answered"))(gift)
    await story.stopped(f"{gift.reference} stands on hold; nothing is spent of it")


@pytest.mark.slow
async def test_a_hold_on_a_gift_that_was_lifted_with_a_key_in_other_hands_stands(story: Story) -> None:
    gift = await given(story)
    await charged(story)
    await hire(story.desk, "dina.berg", Role.DIRECTOR)
    await both(held(IN), says(e.HoldLifted, "dina.berg", reason="answered"))(gift)
    await story.let_through()
    await stolen("dina.berg")(story)
    await story.stopped(f"{gift.reference} stands on hold; nothing is spent of it")


async def test_a_hold_on_another_leg_of_the_gifts_partnership_holds_no_gift(story: Story) -> None:
    gift = await given(story)
    await charged(story)
    await held(OUT)(gift)
    await story.let_through()


@pytest.mark.slow
async def test_an_end_that_nobody_could_have_recorded_stops_this_payment_alone_with_a_reason(story: Story) -> None:
    """The only leg is taken away by the worker's login. The check gives the reason, and does not fail."""
    await tell(story, released=both(ended(OUT, ACCORD, anew=True), releases()))
    await story.stopped("the money out had ended")


@pytest.mark.slow
async def test_who_was_not_asked_for_an_interest_approved_nothing(story: Story) -> None:
    """R32: a shell of an earlier release, or a changed one, asks nobody."""
    await tell(story, finance=approves("femi.ade", FINANCE, no_interest=False))
    await story.stopped("approvals are missing: FINANCE_APPROVER")


@pytest.mark.parametrize("legs", [AWAITED], ids=["awaited"])
async def test_a_hold_on_the_gift_stops_the_grant_that_depends_on_it(story: Story, legs: Step) -> None:
    await tell(story, proposed=legs, released=both(releases(), held(IN, ACCORD)))
    await story.stopped("it stands on hold")


TWO = proposed(
    funds_out=funds_out("600.00", "400.00", waits_for_gift=True), funds_in=funds_in("5000.00", donor=party())
)


def said(status: BankStatus) -> BankAnswer:
    """The bank's word on the first tranche's attempt."""
    return BankAnswer(
        answer_id=number(status.value), status=status, code="X", money=money("600.00"), said_at=datetime.now(UTC),
        bank_reference=status.value, partnership_id=REFERENCE, tranche=1, attempt=1,
    )  # fmt: skip


async def after_the_first(story: Story, *steps: Step) -> None:
    """Both tranches are released, the first was instructed, and something became of it."""
    await tell(story, proposed=TWO, released=releases(sum_="600.00"))
    await story.instructed(money=money("600.00"))
    for step in steps:
        await step(story)
    await releases(tranche=2, sum_="400.00")(story)


async def said_to_be_rejected(story: Story) -> None:
    await story.attempted(PaymentRejected(at=datetime.now(UTC), answer=said(BankStatus.REJECTED)))


async def rejected(story: Story) -> None:
    instruction, _ = await story.instructed(money=money("600.00"))
    answer = await kept(story, rejection(instruction.end_to_end_id))
    await story.attempted(PaymentRejected(at=answer.said_at, answer=answer))


async def booked_after_all(story: Story) -> None:
    content = {"exception_id": number("booked"), "resolution": Resolution.OURS, "answer": said(BankStatus.SETTLED)}
    await story.write(e.ContradictionResolved(at=datetime.now(UTC), **content))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        pytest.param((), "1,000.00", id="on its way"),
        pytest.param((said_to_be_rejected,), "1,000.00", id="rejected by nobody's bank"),
        pytest.param((rejected,), "400.00", id="rejected"),
        pytest.param((rejected, booked_after_all), "1,000.00", id="rejected and booked after all"),
    ],
)
async def test_what_is_paid_or_on_its_way_counts_towards_the_gift_that_is_awaited(
    story: Story, steps: tuple[Step, ...], wanted: str
) -> None:
    await after_the_first(story, *steps)
    await story.stopped(f"it waits for the gift: 0 of {wanted} is proved", tranche=2, money=money("400.00"))
