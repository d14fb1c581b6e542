"""Whoever may stand behind a party neither judges that nor pays, whatever the worker's login recorded (rules 3.10)."""

from __future__ import annotations

from datetime import UTC, datetime

from accord.audit.walk import Walk
from domain.directory.directory import Directory
from domain.partnership import events as e
from domain.screening.evidence import Namesake
from tests.accord.audit.story import DIRECTOR, FINANCE, Step, Story, approves, assessed, both, tell
from tests.builders import NOON, funding, proposal


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
    walk.apply(proposal_anew, directory)
    assert walk.judged_themselves == ""
