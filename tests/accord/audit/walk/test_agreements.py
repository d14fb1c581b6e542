"""The check before a payment reads the agreement under which it stands in that one's own stream (R1, R38)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accord.audit.authorisation import PrePaymentCheck
from domain.directory.people import KeyRevoked
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.streams import StreamId
from tests.accord.audit.story import Step, Story, agreed, both, proposed, says, tell
from tests.builders import funding, funds_out, party, proposal
from tests.governing import decree, hire

LEAD = "P-2026-0040"
UNDER = proposed(under=LEAD)


async def lead(story: Story, *steps: Step) -> Story:
    """The partnership that leads: another payee, another purpose."""
    first = Story(story.desk, story.registers, LEAD)
    leg = funds_out("50.00", payee=party("Village Circle", ein="001000009"), purpose="A reading room")
    made = proposal(LEAD, funds_out=leg)
    await first.says(e.PartnershipProposed, "pia.berg", proposal=made, funding=funding())
    for step in steps:
        await step(first)
    return first


HELD = says(e.HoldPlaced, "vera.lind", reason="the work stopped", whole_agreement=True)
LIFTED = says(e.HoldLifted, "femi.ade", reason="it goes on")
LIFTED_BY_THE_PROPOSER = says(e.HoldLifted, "pia.berg", reason="it goes on")
ITS_OWN = says(e.HoldPlaced, "vera.lind", reason="its payee is in the press")
TERMINATED = says(e.PartnershipTerminated, "dora.kim", reason="the project ended")


async def closed(story: Story) -> None:
    await story.write(e.PartnershipClosed(at=datetime.now(UTC)))


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        pytest.param((agreed(),), "", id="signed"),
        pytest.param((agreed(), closed), "", id="fulfilled"),
        pytest.param((agreed(), ITS_OWN), "", id="on hold itself"),
        pytest.param((agreed(), HELD, LIFTED), "", id="held and lifted"),
        pytest.param((), "is not signed", id="not signed"),
        pytest.param((agreed(), TERMINATED), "has ended", id="terminated"),
        pytest.param((agreed(), HELD), "everything under the agreement of P-2026-0040 is on hold", id="held whole"),
        pytest.param(
            (agreed(), HELD, LIFTED_BY_THE_PROPOSER),
            "is on hold: by vera.lind: the work stopped",
            id="lifted by nobody who may",
        ),
        pytest.param(
            (agreed(), HELD, ITS_OWN), "is on hold: by vera.lind: the work stopped", id="and another beside it"
        ),
    ],
)
async def test_nothing_leaves_under_an_agreement_that_does_not_stand(
    story: Story, steps: tuple[Step, ...], fault: str
) -> None:
    """This holds after the release too, where no worker has told anybody."""
    await tell(story, proposed=UNDER)
    await lead(story, *steps)
    await (story.stopped(fault) if fault else story.let_through())


async def test_under_a_partnership_that_is_not_there_nothing_leaves(story: Story) -> None:
    await tell(story, proposed=UNDER)
    await story.stopped("the agreement of P-2026-0040, under which it stands, is not signed")


@pytest.mark.slow
async def test_the_verdict_rests_on_the_leads_stream(story: Story) -> None:
    """A record there between the check and the hand-over is seen."""
    await tell(story, proposed=UNDER)
    first = await lead(story, agreed())
    found = await story.asked_for()
    assert (found.reason, found.heads[StreamId.partnership(first.reference)]) == (None, 2)
    await both(TERMINATED)(first)
    await story.stopped("has ended")


@pytest.mark.slow
async def test_who_signed_the_leads_agreement_with_a_key_in_other_hands_did_not_sign_it(story: Story) -> None:
    """Also to a check that read the lead before: its stream is as it was, and the directory is not."""
    gate = PrePaymentCheck(story.desk.ledger)
    await hire(story.desk, "dina.berg", Role.DIRECTOR)
    await tell(story, proposed=UNDER)
    await lead(story, agreed("dina.berg"))
    await story.instructed()
    assert (await story.judged(gate=gate)).reason is None
    key_id = story.keyring.public("dina.berg").key_id
    since = datetime.now(UTC) - timedelta(hours=1)
    await decree(story.desk, KeyRevoked(staff_id="dina.berg", key_id=key_id, compromised_since=since))
    now = await story.judged()
    assert "the agreement of P-2026-0040, under which it stands, is not signed" in str(now.reason)
    assert (await story.judged(gate=gate)).reason == now.reason
