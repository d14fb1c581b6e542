"""The worker's login cannot cut a sum in two: the check finds the other partnerships itself (R33, rules 3.11)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.partnership import events as e
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    PROGRAMME,
    Step,
    Story,
    agreed,
    another_account,
    approves,
    assessed,
    both,
    interested,
    proposed,
    releases,
    says,
    tell,
    verified,
)
from tests.builders import funding, funds_out, money, party, proposal

LARGE = money("60000.00")
BY_TWO = (approves("ana.silva", PROGRAMME), approves("femi.ade", FINANCE))


async def beside(story: Story, *approvals: Step, **leg: Any) -> Story:
    """Another partnership of the organisation, for 60,000 to the same payee unless the leg says otherwise."""
    other = Story(story.desk, story.registers, "P-2026-0041")
    content = proposal(other.reference, funds_out=funds_out("60000.00", **leg))
    await other.says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())
    for step in (verified(), assessed, *approvals):
        await step(other)
    return other


async def paid(story: Story, finance: Step = BY_TWO[1]) -> None:
    """The partnership for 60,000, released by who may."""
    await tell(story, proposed=proposed("60000.00"), finance=finance, released=releases(sum_="60000.00"))


async def test_what_was_approved_before_for_the_same_payee_asks_for_the_director(story: Story) -> None:
    await beside(story, *BY_TWO, agreed())
    await paid(story)
    await story.stopped("approvals are missing: DIRECTOR", money=LARGE)


async def test_a_quorum_that_was_cut_in_the_recorded_approval_is_not_believed(story: Story) -> None:
    await beside(story, *BY_TWO)
    await paid(story, approves("femi.ade", FINANCE, quorum=(PROGRAMME, FINANCE)))
    await story.stopped("approvals are missing: DIRECTOR", money=LARGE)


@pytest.mark.slow
async def test_with_the_director_it_is_let_through(story: Story) -> None:
    await beside(story, *BY_TWO, agreed())
    await paid(story, both(BY_TWO[1], approves("dora.kim", DIRECTOR)))
    await story.let_through(money=LARGE)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("approvals", "leg"),
    [
        pytest.param((), {}, id="a mere proposal"),
        pytest.param(BY_TWO[:1], {}, id="half its quorum"),
        pytest.param((*BY_TWO, interested("ana.silva")), {}, id="an approval that fell"),
        pytest.param(
            (*BY_TWO, says(e.PartnershipTerminated, "dora.kim", reason="they dissolved")),
            {},
            id="one that ended unpaid",
        ),
        pytest.param(
            BY_TWO, {"payee": party("Readers", ein="001000002"), "purpose": "A reading room"}, id="another payee"
        ),
    ],
)
async def test_what_does_not_count_stops_nothing(
    story: Story, approvals: tuple[Step, ...], leg: dict[str, Any]
) -> None:
    await beside(story, *approvals, **leg)
    await paid(story)
    await story.let_through(money=LARGE)


async def test_what_was_approved_later_stops_nothing(story: Story) -> None:
    await paid(story)
    await beside(story, *BY_TWO, agreed())
    await story.let_through(money=LARGE)


async def test_alone_it_is_let_through(story: Story) -> None:
    await paid(story)
    await story.let_through(money=LARGE)


async def test_what_nobody_can_read_in_another_partnership_stops_that_one_alone(story: Story) -> None:
    other = await beside(story, *BY_TWO[:1])
    await other.append_raw("HoldPlaced", {"garbage": True})
    await paid(story)
    await story.let_through(money=LARGE)


@pytest.mark.slow
async def test_what_was_approved_before_the_unreadable_still_counts(story: Story) -> None:
    other = await beside(story, *BY_TWO)
    await other.append_raw("HoldPlaced", {"garbage": True})
    await paid(story)
    await story.stopped("approvals are missing: DIRECTOR", money=LARGE)


# Who shares an account is one payee, whatever its name and number

TWIN = {"payee": party(ein="001000077"), "purpose": "A reading room"}


@pytest.mark.slow
async def test_what_was_agreed_before_on_the_same_account_asks_for_the_director(story: Story) -> None:
    await beside(story, *BY_TWO, agreed(), **TWIN)
    await paid(story)
    await story.stopped("approvals are missing: DIRECTOR", money=LARGE)


async def test_with_the_director_it_is_let_through_beside_it(story: Story) -> None:
    await beside(story, *BY_TWO, agreed(), **TWIN)
    await paid(story, both(BY_TWO[1], approves("dora.kim", DIRECTOR)))
    await story.let_through(money=LARGE)


async def test_an_agreement_on_the_same_account_that_came_later_stops_nothing(story: Story) -> None:
    other = await beside(story, *BY_TWO, **TWIN)
    await paid(story)
    await agreed()(other)
    await story.let_through(money=LARGE)


@pytest.mark.slow
async def test_an_agreement_on_another_account_stops_nothing(story: Story) -> None:
    other = await another_account(story)
    await beside(story, *BY_TWO, agreed(details=other), **TWIN)
    await paid(story)
    await story.let_through(money=LARGE)


async def test_a_quorum_that_an_agreement_asks_for_must_be_complete(story: Story) -> None:
    await tell(
        story,
        proposed=proposed("60000.00"),
        agreed=agreed(quorum=(PROGRAMME, FINANCE, DIRECTOR)),
        released=releases(sum_="60000.00"),
    )
    await story.stopped("approvals are missing: DIRECTOR", money=LARGE)


async def test_support_that_the_recorded_evidence_left_out_is_asked_for(story: Story) -> None:
    """Given one that makes this larger than the payee's yearly revenue, when the evidence names none, then it waits."""
    director = approves("dora.kim", DIRECTOR)
    await beside(story, *BY_TWO, director, tranches=[{"number": 1, "money": money("890000.00")}])
    await paid(story, both(BY_TWO[1], director))
    await story.stopped("USD 950,000.00 exceeds the payee's last known yearly revenue", money=LARGE)


@pytest.mark.slow
async def test_equal_words_for_another_payee_stop_nothing(story: Story) -> None:
    await beside(story, *BY_TWO, payee=party("Readers", ein="001000002"))
    await paid(story)
    await story.let_through(money=LARGE)
