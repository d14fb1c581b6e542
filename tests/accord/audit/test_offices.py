"""The check before a payment asks for public offices as the organisation asks for them, and at what stands now."""

from __future__ import annotations

from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.parties import Party
from domain.partnership import events as e
from domain.partnership.proposal.amendment import changes_between
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    PROGRAMME,
    Step,
    Story,
    approves,
    assessed,
    both,
    made,
    nothing,
    proposed,
    rechecked,
    says,
    tell,
)
from tests.builders import funding, funds_out
from tests.governing import ask_for_offices, hire
from tests.offices import MAYOR, MINISTER, behind, led_by

SEEN = says(e.ReferralCleared, "vera.lind", no_interest=True, reason="The office ended, and the money is watched")


def legs(payee: Party) -> dict[str, Any]:
    return {"funds_out": funds_out("1000.00", payee=payee), "partner": payee}


def asking(step: Step) -> Step:
    """The organisation asks from then on, and looks ask with it."""

    async def asked(story: Story) -> None:
        await ask_for_offices(story.desk)
        story.offices_asked = True
        await step(story)

    return asked


def amended(payee: Party, actor: str = "pia.berg") -> Step:
    async def step(story: Story) -> None:
        before = story.state.proposed
        after = made(**legs(payee))
        content = {"proposal": after, "funding": funding(), "reason": "The board changed"}
        changes = changes_between(before, after)
        await story.says(e.ProposalAmended, actor, **content, changes=changes, quorum=(PROGRAMME, FINANCE, DIRECTOR))

    return step


def cleared(actor: str = "vera.lind") -> Step:
    async def step(story: Story) -> None:
        await story.says(
            e.QuestionsCleared, actor, questions=story.state.asked, reason="Looked into", document_sha256=None,
            no_interest=True,
        )  # fmt: skip

    return step


async def minister(story: Story, by: Step = SEEN, proposer: str = "pia.berg") -> None:
    """A grant to a payee that somebody with an office governs, agreed after a look of a verifier."""
    instead = {
        "proposed": asking(proposed(actor=proposer, **legs(led_by(behind("Rosa Quiroga", MINISTER))))),
        "assessed": both(assessed, by),
        "finance": both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR)),
    }
    await tell(story, **instead)


async def test_an_office_that_a_verifier_looked_at_is_paid_past(story: Story) -> None:
    await minister(story)
    await story.let_through()


async def test_a_look_of_the_proposer_is_none(story: Story) -> None:
    """Given somebody who may propose and verify, then her own look at her own proposal pays nothing."""
    await hire(story.desk, "tess.two", Role.PROPOSER, Role.VERIFIER)
    await minister(story, says(e.ReferralCleared, "tess.two", no_interest=True, reason="I know her"), "tess.two")
    await story.stopped("a proposer cleared the referral")


@pytest.mark.slow
async def test_an_office_that_nobody_looked_at_stops_it(story: Story) -> None:
    await minister(story, nothing)
    await story.stopped("nobody cleared what the rule book referred")


@pytest.mark.slow
@pytest.mark.parametrize("payee", [led_by(behind("Rosa Quiroga", MAYOR)), led_by(behind("Rosa Quiroga"))])
async def test_what_changed_after_the_look_is_asked_again_and_the_look_at_it_lets_it_through(
    story: Story, payee: Party
) -> None:
    """Given a cleared office, when a person or an office changes, then the payment waits for a look at what stands."""
    await minister(story)
    await story.let_through()
    await amended(payee)(story)
    assert (await story.stopped("was not screened since that was told")).look_again
    await rechecked()(story)
    await story.stopped("BEHIND-OFFICES")
    await cleared()(story)
    await story.let_through()


async def test_from_the_day_on_which_it_is_asked_nothing_leaves_without_a_declaration(story: Story) -> None:
    """Given a grant that was agreed before, when the organisation asks, then its payment waits for declarations."""
    await tell(story)
    await story.let_through()
    await ask_for_offices(story.desk)
    assert (await story.stopped("since people behind a payee are asked for their public offices")).look_again
    story.offices_asked = True
    await rechecked()(story)
    await story.stopped("has not declared whether they")
