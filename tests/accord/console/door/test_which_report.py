"""A report by link is taken over as the one that its form asked for, or else as the one that is owed first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.submissions.kinds import DoorForm
from ledger import Ledger, clock
from records.submissions.seals import seal_submissions
from tests.builders import proposal
from tests.doors import handed_in, link_to
from tests.lives import Life

PLANNED = [{"number": 1, "kind": "PROGRESS", "due_on": f"{clock.today() + timedelta(days=20)}"}]


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("about", "chosen"), [("YEARLY", ".PROGRESS"), ("FINAL", ".FINAL"), ("", "1.PROGRESS")])
async def test_the_form_of_the_act_begins_with_it(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, about: str, chosen: str
) -> None:
    """Given a yearly report by link, when staff open it to take it over, then it is no final one unless they say so."""
    await Life(desk, reference).paid(proposal(reference, reports=PLANNED))
    secret = await link_to(office_pool, reference, DoorForm.REPORT, about=about)
    submission = await handed_in(office_pool, secret, answers={"summary": "Ten courses were held"})
    await seal_submissions(Ledger(office_pool), office_pool)
    query = "SELECT number FROM grantee.submissions WHERE sha256 = $1"
    number = await office_pool.fetchval(query, bytes.fromhex(submission.sha256))
    shown = (await (await visit("pia.berg")).get(f"/{reference}/report?submission={number}")).text
    assert f'<option value="{chosen}" selected>' in shown
    assert shown.count(" selected>") == 1
