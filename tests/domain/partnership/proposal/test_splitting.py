"""A split pays the same in all, none of it sooner, and loses nothing that the whole waited for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.errors import PaymentRefused
from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change
from domain.partnership.proposal.splitting import SplitPart, split
from domain.partnership.state import TrancheState
from domain.payment.tranche.status import TrancheOutcome
from domain.proposal import Proposal
from tests.builders import funds_out, proposal
from tests.domain.partnership.payment.short import booked_short
from tests.domain.partnership.payment.test_waiting import BARRIER, HOLDING, agreed
from tests.domain.partnership.specification import Story, amend, came_to, cancel, release

DAY, LATER = date(2027, 3, 1), date(2027, 6, 1)


def parts(*amounts: str, due_on: date | None = None) -> list[SplitPart]:
    return [SplitPart(Decimal(amount), due_on if number else None) for number, amount in enumerate(amounts)]


def asked(story: Story, after: Proposal) -> Story:
    return story.when(amend().model_copy(update={"proposal": after}))


def in_parts(story: Story, *amounts: str, tranche: int = 2, **more: Any) -> Story:
    return asked(story, split(story.partnership.proposed, tranche, parts(*amounts, **more)))


def held() -> Story:
    """The second tranche waits for a report and for a barrier."""
    out = funds_out("600.00", "400.00", barrier=BARRIER, barrier_holds=[2])
    return agreed("2026.6", funds_out=out, reports=HOLDING)


def test_a_split_changes_the_schedule_alone_and_every_approval_stands() -> None:
    story = in_parts(held(), "150.00", "250.00", due_on=LATER)
    partnership = story.then(e.ProposalAmended)
    assert story.said[0].changes == (Change.SCHEDULE,)  # type: ignore[union-attr]
    assert not partnership.missing_approvals
    assert [(one.number, one.money.amount, one.due_on) for one in partnership.tranches] == [
        (1, 600, None), (2, 150, None), (3, 250, LATER),
    ]  # fmt: skip


def test_each_part_waits_for_what_the_tranche_waited_for() -> None:
    partnership = in_parts(held(), "150.00", "250.00").partnership
    out = partnership.proposed.funds_out
    assert out is not None
    assert (out.barrier_holds, partnership.proposed.reports[0].holds) == ((2, 3), (2, 3))


@pytest.mark.parametrize("lost", ["reports", "barrier_holds"])
def test_a_split_that_loses_what_it_waits_for_withdraws_approvals(lost: str) -> None:
    story = held()
    before, after = story.partnership.proposed, split(story.partnership.proposed, 2, parts("150.00", "250.00"))
    assert after.funds_out is not None
    assert before.funds_out is not None
    if lost == "reports":
        after = after.model_copy(update={"reports": before.reports})
    else:
        leg = after.funds_out.model_copy(update={"barrier_holds": before.funds_out.barrier_holds})
        after = after.model_copy(update={"funds_out": leg})
    partnership = asked(story, after).then(e.ProposalAmended)
    assert not partnership.approvals


def test_what_was_approved_before_is_seen_as_it_was() -> None:
    story = agreed("2026.5", reports=HOLDING)
    after = split(story.partnership.proposed, 2, parts("150.00", "250.00"))
    bare = after.model_copy(update={"reports": story.partnership.proposed.reports})
    assert asked(story, bare).said[0].changes == (Change.SCHEDULE,)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("amounts", "day", "words"),
    [
        (("400.00",), None, "two parts at least"),
        (("150.00", "200.00"), None, "the parts make USD 350.00"),
        (("150.00", "250.00"), date(2027, 1, 1), "not paid before 2027-03-01"),
        (("400.00", "0.00"), None, "above zero"),
    ],
)
def test_parts_that_are_no_split_are_refused(amounts: tuple[str, ...], day: date | None, words: str) -> None:
    out = funds_out("600.00", "400.00")
    out["tranches"][1]["due_on"] = DAY
    with pytest.raises(PaymentRefused, match=words):
        split(proposal(funds_out=out), 2, parts(*amounts, due_on=day))


def test_an_attempt_that_is_open_is_waited_for() -> None:
    story = agreed("2026.6").given(release(1))
    in_parts(story, "100.00", "500.00", tranche=1).refused(PaymentRefused, "released; cancel it")
    at_the_bank = story.given(*came_to(TrancheOutcome.SETTLED)[:1])
    in_parts(at_the_bank, "100.00", "500.00", tranche=1).refused(PaymentRefused, "at the bank; wait until it is booked")


def test_after_an_attempt_that_paid_nothing_a_tranche_is_split_and_paid_in_parts() -> None:
    story = in_parts(agreed("2026.6").given(release(1), cancel(1)), "100.00", "500.00", tranche=1)
    again = story.given(release(1), release(3))
    assert [(one.attempt, one.attempt_sum) for one in again.partnership.tranches] == [(2, 100), (0, 400), (1, 500)]
    assert again.partnership.paid_or_in_flight == 600


def test_what_was_paid_is_not_split() -> None:
    story = agreed("2026.6").given(release(1), *came_to(TrancheOutcome.SETTLED))
    in_parts(story, "100.00", "500.00", tranche=1).refused(PaymentRefused, "stays as it is")


def test_a_tranche_that_was_paid_short_keeps_what_was_paid_and_the_rest_is_another() -> None:
    story = agreed("2026.6").given(release(1), *booked_short("450.00"))
    in_parts(story, "100.00", "500.00", tranche=1).refused(PaymentRefused, "USD 450.00 of it was paid")
    partnership = in_parts(story, "450.00", "150.00", tranche=1).then(e.ProposalAmended)
    assert [(one.state, one.remainder) for one in partnership.tranches] == [
        (TrancheState.SETTLED, 0), (TrancheState.PLANNED, 400), (TrancheState.PLANNED, 150),
    ]  # fmt: skip
    assert partnership.settled_sum == 450
