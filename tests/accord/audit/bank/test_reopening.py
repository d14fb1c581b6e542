"""A closed partnership is paid again only once a director opened it (ADR 0079)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.partnership import events as e
from tests.accord.audit.story import Step, Story, both, interested, releases, says, tell


async def closed(story: Story) -> None:
    await story.write(e.PartnershipClosed(at=datetime.now(UTC)))


async def opened_by_nobody(story: Story) -> None:
    await story.write(e.PartnershipReopened(at=datetime.now(UTC), actor="dora.kim", reason="it goes on"))


def reopened(actor: str = "dora.kim") -> Step:
    return says(e.PartnershipReopened, actor, reason="the account is open again")


TERMINATED = says(e.PartnershipTerminated, "dora.kim", reason="the project ended")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        pytest.param((closed, reopened()), "", id="by a director"),
        pytest.param((closed,), "the partnership had ended", id="by nobody"),
        pytest.param((closed, reopened("pia.berg")), "pia.berg could not act as DIRECTOR", id="by a proposer"),
        pytest.param((closed, opened_by_nobody), "dora.kim did not sign it", id="unsigned"),
        pytest.param((TERMINATED, reopened()), "the partnership had ended", id="what was broken off"),
        pytest.param((closed, reopened(), closed), "the partnership had ended", id="and closed again"),
    ],
)
async def test_a_payment_leaves_in_what_was_closed_once_a_director_opened_it(
    story: Story, steps: tuple[Step, ...], fault: str
) -> None:
    await tell(story, released=both(*steps, releases()))
    await (story.stopped(fault) if fault else story.let_through())


async def test_whoever_has_an_interest_opens_nothing(story: Story) -> None:
    opened = both(closed, interested("dora.kim"), reopened())
    await tell(story, released=both(opened, releases()))
    await story.stopped("the partnership had ended")
