"""Papers of a submission as staff see them: what an examination says of them now, and what each shows."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from tests.accord.console.door.conftest import Formed, sealed_number
from tests.accord.console.door.test_inbox import form_of
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.budgets import budgeted, milestone
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.lives import Life

FAILED = "UPDATE grantee.papers SET verdict = 'FAILED', why = 'the examination was ended' WHERE digest = $1"
KEPT = """
INSERT INTO papers.kept (digest, object, size, kind, pages, verdict, why, put_by)
VALUES ($1, $2, 30, 'CSV', 0, 'CLEAN', '', 'door')
"""
DIGESTS = """
SELECT p.digest FROM grantee.papers p JOIN grantee.forms f ON f.id = p.form WHERE f.subject = $1 ORDER BY p.begun_at
"""


async def test_a_paper_that_was_examined_again_is_shown_as_it_is_now(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given a failed examination, when the paper is examined again, then inbox and page say what was found then."""
    await Life(desk, reference).awaiting_approval(proposal(reference, contacts=CONTACTS))
    ida = await at_form(reference, DoorForm.QUESTION)
    await ida.fill("answer", answer="Eleven villages")
    await ida.sent_paper("document", "villages.csv", b"village\nEast\n")
    await ida.hand_in()
    number = await sealed_number(office_pool)
    [digest] = [row["digest"] for row in await office_pool.fetch(DIGESTS, reference)]
    await office_pool.execute(FAILED, digest)
    visitor = await visit("vera.lind")
    assert "1 of 1 not clean" in (await visitor.get("/inbox")).text
    assert "It could not be examined" in (await visitor.get(f"/inbox/{number}")).text
    await office_pool.execute(KEPT, digest, f"{digest.hex()[:2]}/{digest.hex()[2:]}")
    assert "1 of 1 not clean" not in (await visitor.get("/inbox")).text
    shown = (await visitor.get(f"/inbox/{number}")).text
    assert "Examined, and nothing was found" in shown
    assert "ended" not in shown


@pytest.mark.slow
async def test_each_milestone_has_papers_of_its_own(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given two papers that show a milestone, when the report is taken over, then both stand beside its word."""
    plan = {"reports": [{"number": 1, "kind": "PROGRESS", "due_on": "2027-06-30"}]}
    given = budgeted("500.00", "500.00", milestones=[milestone(), milestone(2, holds=[2])])
    await Life(desk, reference).paid(proposal(reference, contacts=CONTACTS, **plan, **given))
    ida = await at_form(reference, DoorForm.REPORT, "1")
    await ida.fill("summary", summary="The first course was held")
    done = {"milestones.1:state": "DONE", "milestones.2:state": "LATE", "milestones.2:words": "The river rose"}
    await ida.fill("workplan", **done)
    assert "A paper or photograph that shows: Course 1 is held" in (await ida.get("page/evidence")).text
    lines = {f"lines.{number}:spent": spent for number, spent in enumerate(("300", "100", "50"), 1)}
    await ida.fill("money", **lines, unspent="50", budget_period="1")
    for name, content in (("list.csv", b"pupil\nAda\n"), ("second.csv", b"pupil\nBo\n")):
        await ida.sent_paper("evidence.1", name, content)
    assert (await ida.hand_in()).headers["location"].endswith("/done")
    number = await sealed_number(office_pool)
    visitor = await visit("vera.lind")
    key = await with_key(desk, visitor.settings, "vera.lind")
    assert "What shows milestone 1" in (await visitor.get(f"/inbox/{number}")).text
    path = f"/{reference}/report?submission={number}"
    answers = {"planned": "1.PROGRESS", "summary": "The first course was held"}
    answers |= {
        "line-1": "300",
        "line-2": "100",
        "line-3": "50",
        "unspent": "50",
        "period": "1",
        "line-2-reason": "No bus",
    }
    states = {"milestone-1": "DONE", "milestone-2": "LATE", "milestone-2-words": "The river rose"}
    place = await place_of(visitor, f"/{reference}/report", {**await form_of(visitor, path), **answers, **states})
    assert (await touched(visitor, key, place)).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    digests = tuple(row["digest"].hex() for row in await office_pool.fetch(DIGESTS, reference))
    assert [answer.papers for answer in event.milestones] == [digests, ()]
