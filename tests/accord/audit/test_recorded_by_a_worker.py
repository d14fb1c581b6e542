"""Unsigned records of the worker's login are judged by facts it cannot write: registers, signatures, editions (R38)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accord.demo.sample import CALLER
from accord.organisation.governance import confirm_account
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change
from domain.payment.tranche.events import PaymentRejected
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from domain.policy.rulebook import EDITIONS, assess
from payments.accounts import reference_of
from tests.accord.audit.bank.test_attempts import SECOND, in_a_file, kept, rejection
from tests.accord.audit.funds.test_gift import GIFT, charged, given
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    PROGRAMME,
    RIVERBEND,
    Step,
    Story,
    agreed,
    approves,
    assessed,
    both,
    interested,
    nothing,
    proposed,
    rechecked,
    releases,
    says,
    tell,
    verified,
)
from tests.accord.audit.test_listed import A_REVOCATION, also_lists
from tests.accord.audit.walk.test_above_what_was_approved import amended, grown
from tests.builders import DIGEST, complete_equivalency, funding, funds_out, money, near, party, proposal
from tests.governing import hire

ALL_THREE = (PROGRAMME, FINANCE, DIRECTOR)
LIKE = near("Riverbend Library Network")


def under(edition: str) -> Step:
    """The rule book's word, by an edition of the worker's choice."""

    async def step(story: Story) -> None:
        found = story.state.verification
        assert found is not None
        word = assess(story.state.proposed, funding(), found, story.state.interests, EDITIONS[edition])
        await story.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=word, quorum=(PROGRAMME, FINANCE)))

    return step


# An older edition


@pytest.mark.sampled(2)
@pytest.mark.parametrize("edition", EDITIONS)
async def test_an_older_edition_makes_no_grant_larger_than_its_payee_payable(story: Story, edition: str) -> None:
    large = both(approves("femi.ade", FINANCE, quorum=ALL_THREE), approves("dora.kim", DIRECTOR, quorum=ALL_THREE))
    await tell(
        story,
        proposed=proposed("950000.00"),
        assessed=under(edition),
        programme=approves("ana.silva", PROGRAMME, quorum=ALL_THREE),
        finance=large,
        released=releases(sum_="950000.00"),
    )
    first = await story.asked_for(money=money("950000.00"))
    assert "PROJECT-PROPORTION" in str(first.reason) or "nobody cleared what the rule book referred" in str(
        first.reason
    )


@pytest.mark.sampled(2)
@pytest.mark.parametrize("edition", EDITIONS)
async def test_an_older_edition_appended_later_pays_no_cent_above_what_was_approved(story: Story, edition: str) -> None:
    await grown(story)
    await under(edition)(story)
    await story.stopped("1,000.00 were approved, and 1,100.00 would be paid", tranche=2, money=money("500.00"))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("edition", EDITIONS)
async def test_an_older_edition_hides_no_sum_that_counts_together(story: Story, edition: str) -> None:
    other = Story(story.desk, story.registers, "P-2026-0043")
    content = proposal("P-2026-0043", funds_out=funds_out("60000.00"))
    begins = says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())
    await tell(other, proposed=begins, released=releases(sum_="60000.00"))
    await tell(story, proposed=proposed("60000.00"), released=releases(sum_="60000.00"))
    await under(edition)(story)
    await story.stopped("approvals are missing: DIRECTOR", money=money("60000.00"))


async def test_a_larger_sum_is_asked_of_the_rules_again(story: Story) -> None:
    bigger = both(
        amended("950000.00"),
        approves("femi.ade", FINANCE, quorum=ALL_THREE),
        approves("dora.kim", DIRECTOR, quorum=ALL_THREE),
        releases(sum_="950000.00"),
    )
    await tell(story, released=bigger)
    stopped = await story.stopped("the rule book in force says of it now: ", money=money("950000.00"))
    assert "PROJECT-PROPORTION" in str(stopped.reason)
    assert stopped.look_again


async def test_an_amendment_that_leaves_the_community_out_makes_no_partnership_an_older_one(story: Story) -> None:
    """Its proposer signed it, and a worker's login appended it past the door, which asks for the community."""
    interest = proposal().public_interest.model_copy(update={"community": None})
    out = funds_out("600.00", "500.00")
    without = amended(changes=(Change.AMOUNT,), funds_out=out, public_interest=interest)
    again = both(approves("ana.silva", PROGRAMME), releases(sum_="600.00"), releases(tranche=2, sum_="500.00"))
    await tell(story, proposed=proposed("600.00", "400.00"), released=both(without, again))
    await story.stopped("1,000.00 were approved, and 1,100.00 would be paid", tranche=2, money=money("500.00"))


# Keys, and look-ups left out


async def test_a_new_question_under_the_key_of_a_cleared_one_is_asked_all_the_same(story: Story) -> None:
    cleared = both(assessed, says(e.ReferralCleared, "vera.lind", no_interest=True, reason="another body"))
    finance = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    await tell(story, verified=verified(LIKE), assessed=cleared, finance=finance)
    known = story.state.assessment
    assert known is not None
    (old,) = known.with_outcome(Outcome.REFER)
    other = LIKE.model_copy(update={"entity": "99999", "listed_name": "RIVERBEND LIBRARIES NETWORK"})
    found = story.evidence(LIKE, other)
    word = assess(story.state.proposed, funding(), found, story.state.interests)
    same = {"rule_id": old.rule_id, "reason": old.reason, "about": old.about}
    findings = tuple(one.model_copy(update=same) if one.outcome is Outcome.REFER else one for one in word.findings)
    forged = word.model_copy(update={"findings": findings})
    await story.write(e.RegistersRechecked(at=datetime.now(UTC), verification=found, assessment=forged, adverse=""))
    await story.stopped("the registers were asked again")


async def test_a_look_up_that_was_left_out_hides_no_revocation(story: Story) -> None:
    await also_lists("irs-revocation", A_REVOCATION, "revocation")(story)
    payee = party(country="KE")
    out = funds_out("1000.00", payee=payee, equivalency=complete_equivalency(), places=[{"country": "KE"}])

    async def without(story: Story) -> None:
        found = story.evidence().model_copy(update={"status": None})
        await story.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))

    papers = says(e.ConditionMet, "vera.lind", condition=ConditionId.PAPERS_READ, note="read", document_sha256=DIGEST)
    await tell(story, proposed=proposed(funds_out=out, partner=payee), verified=without, agreed=both(papers, agreed()))
    await story.stopped("the registers say otherwise of Riverbend Library Network", payee=payee)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gift", "recorded", "fault"),
    [
        pytest.param(
            {"funder": "SAMPLE-PF", "restricted_to": "Schools in Uganda"},
            {"funder": "", "restriction": None, "restricted_to": None},
            f"{GIFT} was given to SAMPLE-PF, and its verification says nobody",
            id="nobody's gift",
        ),
        pytest.param(
            {"restriction": {"places": ["UG"], "whole": True}},
            {"restriction": None, "restricted_to": "Training"},
            f"{GIFT} is restricted otherwise",
            id="words that nobody wrote",
        ),
        pytest.param(
            {"restriction": {"whole": True, "not_after": "2020-01-01"}},
            {"restriction": None, "restricted_to": "what is not approved yet"},
            f"{GIFT} may be spent from now to 2020-01-01",
            id="days that are left out",
        ),
    ],
)
async def test_a_gift_is_what_its_own_stream_says(
    story: Story, gift: dict[str, Any], recorded: dict[str, Any], fault: str
) -> None:
    await given(story, **gift)
    await charged(story, **recorded)
    await story.stopped(fault)


# The bank's word on the account


BECAUSE = b"<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>BE04</Cd></Rsn></StsRsnInf>"


def because(end_to_end_id: str, code: str) -> bytes:
    told = f"<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>".encode()
    return rejection(end_to_end_id).replace(BECAUSE, told)


def ended(reason: str) -> Step:
    async def step(story: Story) -> None:
        over = {"tranche": 1, "attempt": 1, "outcome": TrancheOutcome.REJECTED, "reason": reason}
        await story.write(e.TrancheEnded(at=datetime.now(UTC), **over))

    return step


async def called_closed(story: Story, told: str = "AC04") -> None:
    """The bank says AC04, and a worker records that it said so."""
    await tell(story)
    await in_a_file(story)
    said = await kept(story, because((await story.row()).end_to_end_id, "AC04"))
    await story.attempted(PaymentRejected(at=said.said_at, answer=said))
    await ended(told)(story)


@pytest.mark.parametrize("told", ["AC04", "BE04"])
async def test_the_banks_own_word_counts_whatever_a_worker_recorded_of_it(story: Story, told: str) -> None:
    await called_closed(story, told)
    await SECOND(story)
    await story.stopped("it is closed (AC04)", attempt=2)


async def test_signing_again_without_a_call_back_since_pays_nothing(story: Story) -> None:
    await called_closed(story)
    await both(agreed(), SECOND)(story)
    await story.stopped("nobody called back since the bank called", attempt=2)


async def test_a_call_back_since_lets_it_through(story: Story) -> None:
    await called_closed(story)
    await confirm_account(story.desk, reference_of(RIVERBEND), CALLER, "called the listed number again", anew=True)
    await both(agreed(), SECOND)(story)
    await story.let_through(attempt=2)


# Who cleared, and is recused or begins anew


@pytest.mark.slow
@pytest.mark.parametrize("recused", [nothing, interested("vic.both")], ids=["begun anew", "recused"])
async def test_a_clearance_that_is_over_bars_nobody_and_clears_nothing(story: Story, recused: Step) -> None:
    await hire(story.desk, "vic.both", Role.VERIFIER, Role.FINANCE_APPROVER)
    await tell(story, released=nothing)
    await rechecked(LIKE)(story)
    content = {"questions": story.state.asked_since, "reason": "another body", "document_sha256": None}
    await says(e.QuestionsCleared, "vic.both", no_interest=True, **content)(story)
    await recused(story)
    anew = funds_out("1000.00", uses=("EQUIPMENT",))
    await amended(changes=(Change.FACTS,), funds_out=anew)(story)
    again = (verified(), assessed, approves("ana.silva", PROGRAMME), approves("femi.ade", FINANCE), agreed())
    await both(*again, releases())(story)
    await story.let_through()


async def test_what_a_recused_person_cleared_is_asked_again(story: Story) -> None:
    await hire(story.desk, "vic.both", Role.VERIFIER)
    await tell(story)
    await rechecked(LIKE)(story)
    content = {"questions": story.state.asked_since, "reason": "another body", "document_sha256": None}
    await says(e.QuestionsCleared, "vic.both", no_interest=True, **content)(story)
    await interested("vic.both")(story)
    await story.stopped("the registers were asked again")
