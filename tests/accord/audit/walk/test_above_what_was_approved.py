"""Not a cent above what was approved leaves, whatever an amendment tolerates (R34, R39)."""

from __future__ import annotations

import pytest

from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change
from tests.accord.audit.story import FINANCE, PROGRAMME, Step, Story, approves, both, made, proposed, releases, tell
from tests.builders import funding, funds_in, funds_out, money, party

QUORUM = (PROGRAMME, FINANCE)


def amended(*amounts: str, changes: tuple[Change, ...] = (Change.AMOUNT,), **more: object) -> Step:
    async def step(story: Story) -> None:
        content = {"reason": "the plan changed", "changes": changes, "quorum": QUORUM, "funding": funding()}
        await story.says(e.ProposalAmended, "pia.berg", proposal=made(*amounts, **more), **content)

    return step


async def grown(story: Story, *between: Step) -> None:
    """600 and 400 were approved. 500 are planned instead of the 400, and both are released."""
    later = both(amended("600.00", "500.00"), *between, releases(sum_="600.00"), releases(tranche=2, sum_="500.00"))
    await tell(story, proposed=proposed("600.00", "400.00"), released=later)


async def test_what_lies_within_the_approved_sum_leaves(story: Story) -> None:
    await tell(
        story,
        proposed=proposed("600.00", "400.00"),
        released=both(amended("600.00", "500.00"), releases(sum_="600.00")),
    )
    await story.let_through(money=money("600.00"))


async def test_what_lies_above_it_does_not(story: Story) -> None:
    await grown(story)
    await story.stopped("1,000.00 were approved, and 1,100.00 would be paid", tranche=2, money=money("500.00"))


@pytest.mark.parametrize("who", ["femi.ade"])
async def test_once_finance_approved_the_rest_it_leaves(story: Story, who: str) -> None:
    await grown(story, approves(who, FINANCE, quorum=QUORUM))
    await story.let_through(tranche=2, money=money("500.00"))


async def test_an_approval_by_the_programme_does_not_cover_the_rest(story: Story) -> None:
    await grown(story, approves("ana.silva", PROGRAMME, quorum=QUORUM))
    await story.stopped("1,000.00 were approved", tranche=2, money=money("500.00"))


async def test_tranches_merged_into_one_wait_for_finance_whatever_the_amendment_claims(story: Story) -> None:
    merged = both(amended("1000.00", changes=()), releases())
    await tell(story, proposed=proposed("600.00", "400.00"), released=merged)
    await story.stopped("approvals are missing: FINANCE_APPROVER")


async def test_a_gift_that_shrank_beside_the_grant_waits_for_finance(story: Story) -> None:
    legs = {"funds_out": funds_out("1000.00"), "funds_in": funds_in("5000.00", donor=party())}
    smaller = {**legs, "funds_in": funds_in("50.00", donor=party())}
    await tell(story, proposed=proposed(**legs), released=both(amended(changes=(), **smaller), releases()))
    await story.stopped("approvals are missing: FINANCE_APPROVER")
