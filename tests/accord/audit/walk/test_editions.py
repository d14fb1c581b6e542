"""Approvals under an earlier edition: the check gives them the same time, and nobody more (rules 4.16).

Edition 2026.3 approved what the one in force asks about: an insider who controls the payee.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.partnership import events as e
from domain.policy.conditions import ConditionId
from domain.policy.rulebook import EDITIONS, RULE_BOOK, assess
from ledger import clock
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    PROGRAMME,
    Step,
    Story,
    approves,
    both,
    proposed,
    rechecked,
    says,
    tell,
    verified,
)
from tests.builders import funding, funds_out, near, party, proposal, regrant

LEG = {"funds_out": funds_out("1000.00", controlled_by_insider=True)}
ASKS = "a disqualified person of the funder controls it"


def assessed_under(edition: str) -> Step:
    async def step(story: Story) -> None:
        found = story.state.verification
        assert found is not None
        assessment = assess(story.state.proposed, funding(), found, (), EDITIONS[edition])
        quorum = (PROGRAMME, FINANCE)
        await story.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=quorum))

    return step


async def approved_before(story: Story) -> None:
    await tell(story, proposed=proposed(**LEG), assessed=assessed_under("2026.3"))


async def test_no_payment_leaves_before_a_worker_looked_under_the_edition_in_force(story: Story) -> None:
    await approved_before(story)
    verdict = await story.stopped(ASKS)
    assert verdict.look_again


async def test_after_that_look_what_the_edition_asks_first_holds_nothing_until_its_day(story: Story) -> None:
    await approved_before(story)
    await rechecked()(story)
    await story.let_through()
    for days, holds in ((59, False), (60, True)):
        with clock.reading(lambda ahead=days: datetime.now(UTC) + timedelta(days=ahead)):
            assert (ASKS in str((await story.judged()).reason)) is holds


async def test_once_a_verifier_answered_it_holds_nothing_after_its_day_either(story: Story) -> None:
    await approved_before(story)
    await rechecked()(story)
    said = {"questions": story.state.asked, "reason": "nobody profits", "document_sha256": None, "no_interest": True}
    await says(e.QuestionsCleared, "vera.lind", **said)(story)
    await story.instructed()
    with clock.reading(lambda: datetime.now(UTC) + timedelta(days=60)):
        assert ASKS not in str((await story.judged()).reason)


ONE, MANY = regrant(party("Village Circle 0", ein=None)), regrant()
CLEARED = says(e.ReferralCleared, "vera.lind", no_interest=True, reason="it is known")
READ = says(e.ConditionMet, "vera.lind", condition=ConditionId.PAPERS_READ, note="read", document_sha256=None)


@pytest.mark.slow
async def test_what_was_left_for_a_later_day_and_is_asked_no_more_holds_nothing(story: Story) -> None:
    """A sub-recipient without a paper is a question, which leaves a covenant to file from 2026.5 on. It is replaced."""
    grant = proposed(funds_out=funds_out("1000.00", regrant=ONE))
    finance = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    await tell(story, proposed=grant, assessed=both(assessed_under("2026.4"), CLEARED), finance=both(finance, READ))
    await rechecked()(story)
    assert story.state.conditions_later == (ConditionId.REGRANT_COVENANT,)
    await story.let_through()
    reported = says(e.SubrecipientsReported, "pia.berg", subrecipients=list(MANY["subrecipients"]))
    await both(reported, rechecked())(story)
    assert story.state.open_conditions() == story.state.conditions_later == ()  # nobody could file it
    await story.let_through()


@pytest.mark.slow
async def test_a_name_that_is_near_one_of_a_list_binds_at_once(story: Story) -> None:
    await approved_before(story)
    await rechecked(near())(story)
    await story.stopped("the registers were asked again")


async def test_an_older_name_of_the_rule_book_gives_nobody_more_time(story: Story) -> None:
    """Somebody with a worker's login assesses under an edition that the ledger had left behind."""
    other = Story(story.desk, story.registers, "P-2026-0041")
    made = proposal(other.reference, funds_out=funds_out("10.00"))
    await other.says(e.PartnershipProposed, "pia.berg", proposal=made, funding=funding())
    await both(verified(), assessed_under(RULE_BOOK.version))(other)
    await approved_before(story)
    await rechecked()(story)
    await story.stopped(ASKS)
