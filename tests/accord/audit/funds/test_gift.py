"""A restricted gift is asked for its own terms and days before it pays, whatever the verification says (R15, R38)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.partnership import events as e
from domain.screening.gifts import NOT_APPROVED_YET, GiftEvidence
from tests.accord.audit.story import DIRECTOR, FINANCE, Story, approves, assessed, both, kept_by, proposed, says, tell
from tests.builders import funding, funds_in, funds_out, joint, party, proposal

GIFT = "P-2026-0007"
TODAY = datetime.now(UTC).date()
CHARGED = funds_out("1000.00", charged_to={"gift": GIFT}, places=[{"country": "KE"}])
KENYA = {"places": ["KE"], "whole": True}


async def given(story: Story, **leg: Any) -> Story:
    """The gift's own partnership."""
    gift = Story(story.desk, story.registers, GIFT)
    content = leg or {"restriction": KENYA, "restricted_to": "Schools in Kenya"}
    await gift.says(
        e.PartnershipProposed, "pia.berg", proposal=proposal(GIFT, funds_in=funds_in(**content)), funding=funding()
    )
    return gift


async def charged(story: Story, days_ago: int = 0, **recorded: Any) -> None:
    """A payment out of the gift, with this finding of due diligence. A verifier cleared that too little is left."""

    async def verified(story: Story) -> None:
        content = {
            "gift": GIFT, "found": True, "restricted_to": "Schools in Kenya", "currency": "USD", "funder": "ISOC",
            "restriction": KENYA, **recorded,
        }  # fmt: skip
        found = story.evidence(days_ago=days_ago).model_copy(update={"gift": GiftEvidence.model_validate(content)})
        await story.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))

    cleared = both(assessed, says(e.ReferralCleared, "vera.lind", no_interest=True, reason="the rest is on its way"))
    finance = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR), kept_by(f"FD-{GIFT}", "1000.00"))
    await tell(story, proposed=proposed(funds_out=CHARGED), verified=verified, assessed=cleared, finance=finance)


async def test_a_gift_within_its_terms_and_days_pays(story: Story) -> None:
    await given(story)
    await charged(story)
    await story.let_through()


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("gift", "recorded", "fault"),
    [
        pytest.param({}, {"restriction": {**KENYA, "places": []}}, "is restricted otherwise", id="other places"),
        pytest.param({}, {"restriction": None, "restricted_to": None}, "is restricted otherwise", id="none at all"),
        pytest.param({}, {"restricted_to": "Anything"}, "is restricted otherwise", id="other words"),
        pytest.param(
            {"funder": "SAMPLE-PF", "restriction": KENYA, "restricted_to": "Schools in Kenya"},
            {},
            "was given to SAMPLE-PF, and its verification says ISOC",
            id="another funder",
        ),
    ],
)
async def test_terms_that_the_gift_itself_does_not_bear_out_pay_nobody(
    story: Story, gift: dict[str, Any], recorded: dict[str, Any], fault: str
) -> None:
    await given(story, **gift)
    await charged(story, **recorded)
    assert (await story.stopped(f"{GIFT} {fault}")).look_again


async def test_stricter_evidence_lets_it_through(story: Story) -> None:
    """A grant not approved yet is known in words alone, which a person judged."""
    await given(story)
    await charged(story, restriction=None, restricted_to=NOT_APPROVED_YET)
    await story.let_through()


async def test_a_gift_that_was_restricted_after_the_release_stops_the_payment(story: Story) -> None:
    gift = await given(story)
    await charged(story)
    narrower = funds_in(restriction={"places": ["UG"], "whole": True}, restricted_to="Schools in Uganda")
    amended = {"proposal": proposal(GIFT, funds_in=narrower), "funding": funding(), "changes": ()}
    await gift.says(e.ProposalAmended, "pia.berg", reason="the donor wrote", **amended)
    await story.stopped(f"{GIFT} is restricted otherwise than its verification says")


async def test_a_gift_whose_last_day_passed_since_pays_nobody(story: Story) -> None:
    limits = {**KENYA, "not_after": TODAY - timedelta(days=1)}
    await given(story, restriction=limits, restricted_to="Schools in Kenya")
    await charged(story, days_ago=2, restriction=limits)
    await story.stopped(f"{GIFT} may be spent from now to {limits['not_after']}, and today is {TODAY}")


@pytest.mark.slow
async def test_a_gift_pays_on_its_first_and_its_last_day(story: Story) -> None:
    limits = {**KENYA, "not_before": TODAY, "not_after": TODAY}
    await given(story, restriction=limits, restricted_to="Schools in Kenya")
    await charged(story, restriction=limits)
    await story.let_through()


@pytest.mark.slow
async def test_a_donor_who_would_get_it_back_unsaid_pays_nobody(story: Story) -> None:
    payee = party("The Riverbend Library Network, Inc.", ein=None)
    await given(story, restriction=KENYA, restricted_to="Schools in Kenya", donor=payee)
    await charged(story)
    await story.stopped(f"the donor of {GIFT} would get it back, and its verification does not say so")


async def test_a_donor_who_would_get_it_back_as_a_verifier_judged_lets_it_through(story: Story) -> None:
    payee = party(ein=None)
    await given(story, restriction=KENYA, restricted_to="Schools in Kenya", donor=payee)
    await charged(story, got_back_by=(payee.name,))
    await story.let_through()


@pytest.mark.slow
async def test_a_partnership_that_brings_no_money_in_is_no_gift(story: Story) -> None:
    other = Story(story.desk, story.registers, GIFT)
    content = proposal(GIFT, non_monetary=joint())
    await other.says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())
    await charged(story)
    await story.stopped(f"{GIFT} brings no money in")


async def test_evidence_on_another_gift_than_the_one_that_is_charged_counts_for_nothing(story: Story) -> None:
    await given(story)
    await charged(story, gift="P-2026-0008")
    await story.stopped("the recorded evidence is about somebody else")
