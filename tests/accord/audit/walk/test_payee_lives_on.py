"""The check before a payment judges by itself what was told anew of a payee, and who took over (rules 4.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change, changes_between
from domain.policy.conditions import ConditionId
from domain.policy.rulebook import assess
from tests.accord.audit.story import Step, Story, assessed, both, made, says, tell
from tests.builders import funding, funds_out, match, paper, party, principal, proposal

ROSA = principal("Rosa Quiroga")
LED = party(principals=[ROSA])


def told(payee: Any = LED, changes: tuple[Change, ...] | None = None, **more: Any) -> Step:
    """A proposer tells anew who the payee is. `changes`: those that the worker named."""

    async def step(story: Story) -> None:
        before = story.state.proposed
        after = made(funds_out=funds_out(payee=payee, **more), partner=payee)
        found = changes if changes is not None else changes_between(before, after, story.state.checked_payee)
        await story.says(
            e.ProposalAmended, "pia.berg", proposal=after, funding=funding(), reason="They wrote", changes=found
        )

    return step


def looked(*names: str, matches: tuple[Any, ...] = (), **more: Any) -> Step:
    """The registers are asked again, about everybody of these names."""

    async def step(story: Story) -> None:
        found = story.evidence(*matches)
        screened = found.screening.model_copy(update={"parties": (*names, "Ines Marek")})
        seen = found.model_copy(update={"screening": screened, **more})
        assessment = assess(story.state.proposed, funding(), seen, story.state.interests)
        await story.write(
            e.RegistersRechecked(at=datetime.now(UTC), verification=seen, assessment=assessment, adverse="")
        )

    return step


NAME = "Riverbend Library Network"


def proposed_for(payee: Any) -> Step:
    """It is proposed for this payee."""
    content = proposal("P-2026-0042", funds_out=funds_out(payee=payee), partner=payee)
    return says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())


async def unlisted(story: Story) -> None:
    """No register was asked: the payee gave no number."""
    found = story.evidence().model_copy(update={"status": None})
    await story.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))


async def test_who_was_told_of_after_the_release_is_screened_before_the_file_leaves(story: Story) -> None:
    await tell(story)
    await story.let_through()
    await told()(story)
    verdict = await story.stopped("who is named in it now was not screened since that was told")
    assert verdict.look_again
    await looked(NAME)(story)
    await story.stopped("the recorded evidence is about somebody else")
    await looked(NAME, "Rosa Quiroga")(story)
    await story.let_through()


@pytest.mark.slow
async def test_a_worker_that_says_that_nothing_changed_pays_nothing_by_it(story: Story) -> None:
    await tell(story)
    await told(changes=())(story)
    await story.stopped("not screened")


@pytest.mark.slow
async def test_a_worker_that_calls_another_payee_an_update_pays_nothing_by_it(story: Story) -> None:
    await tell(story)
    await told(party(NAME, ein="001000007"), changes=(Change.UPDATE,))(story)
    await story.stopped("nobody who may has signed the agreement")


async def test_a_new_director_who_is_on_a_list_keeps_the_payment(story: Story) -> None:
    await tell(story)
    await both(told(), looked(NAME, "Rosa Quiroga", matches=(match("Rosa Quiroga"),)))(story)
    await story.stopped("Rosa Quiroga")


ALSO = party("Riverbend Trust", also_known_as=[NAME])
QUESTION = f"PAYEE-NAME: {NAME} is said to be called Riverbend Trust"


@pytest.mark.slow
@pytest.mark.parametrize("proved", [True, False], ids=["with a paper", "without one"])
async def test_a_new_legal_name_is_checked_with_a_paper(story: Story, proved: bool) -> None:
    await tell(story)
    await both(told(ALSO), looked("Riverbend Trust"))(story)
    await story.stopped(f"nobody has checked: {QUESTION}")
    paper_of = "ab" * 32 if proved else None
    cleared = {"questions": (QUESTION,), "no_interest": True, "reason": "the register's notice"}
    await says(e.QuestionsCleared, "vera.lind", document_sha256=paper_of, **cleared)(story)
    await story.stopped("cancel it, release it anew" if proved else f"nobody has checked: {QUESTION}")


async def test_a_number_that_nobody_checked_keeps_the_payment(story: Story) -> None:
    numbered = party(numbers=[{"scheme": "US-KS", "number": "4711"}])
    await tell(story)
    await both(told(numbered), looked(NAME))(story)
    await story.stopped("nobody has checked: PAYEE-NUMBER: US-KS 4711")
    cleared = {"questions": story.state.to_check, "no_interest": True, "reason": "in the register"}
    await says(e.QuestionsCleared, "vera.lind", document_sha256=None, **cleared)(story)
    await story.let_through()


@pytest.mark.slow
async def test_a_newer_paper_is_read_before_the_file_leaves(story: Story) -> None:
    """The paper that was read is not the paper that is named now."""
    read = says(e.ConditionMet, "vera.lind", condition=ConditionId.PAPERS_READ, note="read", document_sha256=None)
    church = {"kind": "CHURCH", "ein": None}
    first = party(NAME, papers=[paper("CHURCH_STATUS")], **church)
    newer = party(NAME, papers=[paper("CHURCH_STATUS") | {"sha256": "ee" * 32}], **church)
    await tell(story, proposed=proposed_for(first), verified=unlisted, assessed=both(assessed, read))
    await story.let_through()
    await both(told(newer), looked(NAME, status=None))(story)
    await story.stopped("not on file: PAPERS_READ")
    await read(story)
    await story.let_through()


async def test_a_succession_lessens_no_tier_by_what_nobody_was_paid(story: Story) -> None:
    said = {"of": party(), "since": "2026-11-01", "paid": "900.00", "paper": paper("SUCCESSION")}
    leg = funds_out(payee=party("Lower River Libraries", ein="001000003"), succession=said)
    first = says(e.PartnershipProposed, "pia.berg", proposal=proposal("P-2026-0042", funds_out=leg), funding=funding())
    await tell(story, proposed=first)
    await story.stopped("its succession says that 900.00 were paid, and 0 were released")
