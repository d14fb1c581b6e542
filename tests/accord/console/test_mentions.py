"""A comment that names a person tells them: it stands in their work until they open the partnership."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.client.waiting.mentions import COMMENTS_QUERY, KEPT, MOST, names_person
from domain.directory.people import StaffMember
from domain.directory.tiers import Role
from domain.partnership import commands as c
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.machine_words import open_words
from tests.lives import until_shown

FEMI = StaffMember(staff_id="femi.ade", name="Femi Ade", roles=(Role.FINANCE_APPROVER,))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@femi.ade, is this within the budget?", True),
        ("Ask @Femi Ade.", True),
        ("(@FEMI.ADE)", True),
        ("Femi Ade knows", False),
        ("@femi.adeyemi knows", False),
        ("@Femi Adeyemi knows", False),
        ("write to x@femi.ade", False),
        ("@femi.ade.two knows", False),
    ],
)
def test_a_name_after_an_at_is_a_mention_and_a_longer_name_is_none(text: str, named: bool) -> None:
    assert names_person(text, FEMI) is named


@pytest.mark.slow
async def test_a_mention_stands_in_a_persons_work_until_they_open_it(visit: Any, desk: Desk, reference: str) -> None:
    """Given a comment that names Femi, then it is in Femi's work alone, until Femi opens the partnership."""
    await waiting_for_approval(desk, reference)
    told = f"Ana Silva mentioned you on {(await desk.known_partnership(reference)).proposed.title}"
    await desk.decide(await desk.known_sight(reference), c.Comment, "ana.silva", text="@Femi Ade, does it fit?")
    await until_shown(desk)
    femi, pia, ana = [await visit(one) for one in ("femi.ade", "pia.berg", "ana.silva")]

    async def work_of(visitor: Visitor) -> str:
        return open_words((await visitor.get("/?view=mine")).text)

    assert told in await work_of(femi)
    assert told not in await work_of(pia)
    assert told not in await work_of(ana)
    assert (await femi.get(f"/{reference}")).status_code == 200
    assert told not in await work_of(femi)
    await desk.decide(await desk.known_sight(reference), c.Comment, "ana.silva", text="And now, @femi.ade?")
    assert told in await work_of(femi)


async def test_a_look_at_the_queue_reads_no_document_of_any_partnership(console_pool: asyncpg.Pool) -> None:
    """Given comments to look for, then the database is asked for them alone: a document is read for none of them."""
    arguments = (KEPT, "partnership/", "femi.ade", ["%@femi.ade%"], MOST)
    plan = await console_pool.fetch(f"EXPLAIN {COMMENTS_QUERY}", *arguments)
    assert "documents" not in str(plan)
    assert "events" in str(plan)
