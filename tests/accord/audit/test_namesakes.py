"""Whoever may stand behind a party neither judges that nor pays, whatever the worker's login recorded (rules 3.10)."""

from __future__ import annotations

from datetime import UTC, datetime

from accord.audit.walk.steps import apply
from accord.audit.walk.walk import Walk
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.screening.matches import Namesake
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    Step,
    Story,
    approves,
    assessed,
    both,
    proposed,
    releases,
    tell,
)
from tests.builders import NOON, funding, funds_out, party, principal, proposal
from tests.governing import hire


def named(staff_id: str) -> Step:
    """Due diligence finds that somebody behind the payee bears the name of one of the staff."""

    async def step(story: Story) -> None:
        found = story.evidence()
        namesake = Namesake(staff_id=staff_id, name="Ana Other", of="Riverbend Library Network (US)")
        screening = found.screening.model_copy(update={"namesakes": (namesake,)})
        seen = found.model_copy(update={"screening": screening})
        await story.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=seen))

    return step


def cleared(actor: str) -> Step:
    async def step(story: Story) -> None:
        await story.says(e.ReferralCleared, actor, no_interest=True, reason="it is another person")

    return step


async def test_who_clears_the_question_about_themselves_pays_nothing_by_it(story: Story) -> None:
    await tell(story, verified=named("vera.lind"), assessed=both(assessed, cleared("vera.lind")))
    await story.stopped("vera.lind judged whether they stand behind a party")


async def test_another_verifiers_word_lets_it_through(story: Story) -> None:
    director = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    await tell(story, verified=named("ana.silva"), assessed=both(assessed, cleared("vera.lind")), finance=director)
    await story.let_through()


async def test_what_they_judged_is_over_once_the_case_began_anew() -> None:
    walk, directory = Walk(judged_themselves="vera.lind"), Directory()
    proposal_anew = e.ProposalRevised(at=NOON, actor="pia.berg", proposal=proposal(), funding=funding())
    apply(walk, proposal_anew, directory)
    assert walk.judged_themselves == ""


def governed_by(name: str) -> Step:
    """A person of this name governs the payee."""
    payee = party(principals=[principal(name)])
    return proposed(funds_out=funds_out(payee=payee), partner=payee)


async def screened_with_them(story: Story) -> None:
    """Due diligence asks about everybody, and finds that they bear the name of nobody who works here."""
    found = story.evidence()
    names = tuple(dict.fromkeys(one.name for one in story.state.proposed.parties))
    screening = found.screening.model_copy(update={"parties": names})
    seen = found.model_copy(update={"screening": screening})
    await story.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=seen))


async def hired_and_released(story: Story) -> None:
    """Somebody joins after the agreement, and pays."""
    await releases(await hire(story.desk, "nina.late", Role.PAYER))(story)


async def test_another_name_than_the_one_who_joined_and_pays_lets_it_through(story: Story) -> None:
    await tell(story, proposed=governed_by("Nobody Else"), verified=screened_with_them, released=hired_and_released)
    await story.let_through()


async def test_who_joined_after_due_diligence_and_may_stand_behind_the_payee_does_not_pay_it(story: Story) -> None:
    await tell(story, proposed=governed_by("Nina Late"), verified=screened_with_them, released=hired_and_released)
    await story.stopped("whoever may stand behind a party pays")
