"""Each hold is judged by itself: a person lifts the others' and none of their own. The rest stops (ADR 0078)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.proposal import Direction
from tests.accord.audit.story import Step, Story, agreed, both, releases, says, tell
from tests.accord.audit.walk.test_agreements import HELD, UNDER, lead
from tests.governing import hire

LEAD = "P-2026-0040"


def placed(actor: str, reason: str = "a question in the press") -> Step:
    return says(e.HoldPlaced, actor, reason=reason)


def lifts(actor: str, *places: int) -> Step:
    """Lift holds by their place among those that stand, or all of them without a word of which, as up to 0.2.0."""

    async def step(story: Story) -> None:
        numbers = tuple(story.state.holds[place].number for place in places)
        await story.says(e.HoldLifted, actor, reason="answered", holds=numbers)

    return step


def told_by_the_system(*events: e.PartnershipEvent) -> Step:
    async def step(story: Story) -> None:
        await story.write(*events)

    return step


def freed(place: int = 0) -> Step:
    """The system says that a hold fell with the lead's, whatever it is."""

    async def step(story: Story) -> None:
        number = story.state.holds[place].number
        await story.write(e.FreedWithLead(at=datetime.now(UTC), lead=LEAD, holds=(number,)))

    return step


REPEATED = told_by_the_system(e.HeldWithLead(at=datetime.now(UTC), lead=LEAD, reason="everything is on hold"))


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        pytest.param([placed("vera.lind"), lifts("femi.ade", 0)], "", id="one, lifted by its number"),
        pytest.param(
            [placed("vera.lind"), placed("paul.nkosi", "an invoice"), lifts("femi.ade", 1)],
            "it stands on hold (by vera.lind: a question in the press)",
            id="the other one stands",
        ),
        pytest.param(
            [placed("femi.ade"), placed("dora.kim"), lifts("femi.ade", 1), lifts("dora.kim", 0)],
            "",
            id="each lifts the other's",
        ),
        pytest.param(
            [placed("femi.ade"), placed("dora.kim"), lifts("femi.ade", 0, 1)],
            "it stands on hold (by femi.ade: a question in the press)",
            id="nobody lifts their own beside another's",
        ),
        pytest.param(
            [placed("femi.ade"), placed("vera.lind"), lifts("femi.ade")],
            "it stands on hold",
            id="a lift of all by who placed one, as up to 0.2.0",
        ),
        pytest.param([placed("vera.lind"), placed("paul.nkosi"), lifts("femi.ade")], "", id="of all, as up to 0.2.0"),
        pytest.param(
            [placed("vera.lind"), lifts("otto.audit", 0)], "otto.audit could not act as", id="by who may not"
        ),
        pytest.param([placed("vera.lind"), freed()], "it stands on hold (by vera.lind", id="the system frees nothing"),
        pytest.param([REPEATED, freed()], "", id="what a lead's hold placed here falls with it"),
        pytest.param([REPEATED, placed("vera.lind"), freed()], "it stands on hold (by vera.lind", id="and no other"),
    ],
)  # fmt: skip
async def test_a_payment_leaves_once_each_hold_was_lifted_by_who_may(
    story: Story, steps: list[Step], fault: str
) -> None:
    await tell(story, released=both(releases(), *steps))
    await (story.stopped(fault) if fault else story.let_through())


async def test_a_lift_counts_for_what_its_signer_was_shown(story: Story) -> None:
    await hire(story.desk, "dina.berg", Role.DIRECTOR)
    await tell(story, released=both(releases(), placed("vera.lind")))
    early = story.made(e.HoldLifted, "dina.berg", reason="answered", holds=(story.state.version + 1,))
    await placed("paul.nkosi", "an invoice")(story)
    await lifts("femi.ade", 0)(story)
    await story.write(early)
    await story.stopped("it stands on hold (by paul.nkosi: an invoice)")


@pytest.mark.slow
async def test_what_fell_here_frees_nothing_while_the_lead_is_held(story: Story) -> None:
    await tell(story, proposed=UNDER, released=both(releases(), REPEATED, freed()))
    await lead(story, agreed(), HELD)
    await story.stopped("everything under the agreement of P-2026-0040 is on hold")


async def test_of_two_holds_on_a_lead_the_one_that_is_left_stops(story: Story) -> None:
    again = says(e.HoldPlaced, "paul.nkosi", reason="an audit of all of it", whole_agreement=True)
    await tell(story, proposed=UNDER)
    await lead(story, agreed(), HELD, again, lifts("femi.ade", 0))
    await story.stopped("is on hold: by paul.nkosi: an audit of all of it")


async def test_a_hold_on_a_leg_that_is_left_beside_one_on_all_stops_that_leg_alone(story: Story) -> None:
    of_the_gift = says(e.HoldPlaced, "vera.lind", reason="its donor", leg=Direction.FUNDS_IN)
    await tell(story, released=both(releases(), placed("paul.nkosi"), of_the_gift, lifts("femi.ade", 0)))
    await story.let_through()
