"""A change of budget, period and people by link: a draft for staff, an amendment, and the registers asked again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.client.submissions import submission_numbered
from domain.parties import Principal, PrincipalRole
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change
from domain.submissions.kinds import DoorForm
from ledger import clock
from tests.accord.console.door.conftest import Formed, sealed_number
from tests.accord.console.organisation.signing import touched, with_key
from tests.accord.console.proposing.drafting import author, begun
from tests.accord.grantee.conftest import Grantee
from tests.budgets import budgeted
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.lives import Life

NEW = "Marta Olsen"
YEAR = {"starts": "2027-01-01", "ends": "2027-12-31"}
INVITED: dict[str, Any] = {"form": DoorForm.CHANGE, "contact": 1, "language": "en"}


async def asked_to_change(life: Life, at_form: Formed, reference: str, **content: Any) -> Grantee:
    """The contact of a grant with a budget, at the form that asks for a change."""
    await life.signed(proposal(reference, contacts=CONTACTS, **content))
    await life.do(c.InviteGrantee, "pia.berg", **INVITED, until=clock.today() + timedelta(days=20))
    return await at_form(reference, DoorForm.CHANGE, "", 1)


async def test_other_sums_and_another_period_go_through_a_draft_to_a_signed_amendment(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given a table of the lines, when two are changed by link, then the amendment changes those and nothing else."""
    life = Life(desk, reference)
    ida = await asked_to_change(life, at_form, reference, **budgeted(), period=YEAR)
    await ida.fill("change", change="both", reason="The river rose")
    await ida.fill("new", **{"period:starts": "2027-01-01", "period:ends": "2028-03-31"})
    table = (await ida.get("page/new_lines")).text
    for words in ("Training of teachers", "New sum from 1 January 2027 to 30 June 2027 (now 300.00)"):
        assert words in table
    await ida.fill("new_lines", **{"new_lines.1:sum2": "350"})
    assert "All lines together make USD 1,050.00, and we granted USD 1,000.00" in (await ida.get("check")).text
    await ida.fill("new_lines", **{"new_lines.1:sum2": "350", "new_lines.2:sum2": "50"})
    assert (await ida.hand_in()).headers["location"].endswith("/done")
    number = await sealed_number(office_pool)
    visitor = await author(visit)
    key = await with_key(desk, visitor.settings, "pia.berg")
    shown = (await visitor.get(f"/inbox/{number}")).text
    for words in ("Training of teachers, 600.00", "300.00, 350.00", "200.00, 50.00", "differs", "2028-03-31"):
        assert words in shown
    draft = await begun(visitor, amends=reference, submission=str(number))
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "The river rose"})
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    assert "What differs from what they handed in" not in (await visitor.asking.get(place)).text
    before = (await life.state()).proposed
    assert (await touched(visitor, key, place)).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ProposalAmended)]
    assert event.submission is not None
    assert event.submission.number == number
    assert Change.BUDGET in event.changes
    sums = [line.sums for line in event.proposal.funds_out.budget.lines]  # type: ignore[union-attr]
    assert sums[:2] == [(Decimal(300), Decimal(350)), (Decimal(200), Decimal(50))]
    assert event.proposal.period is not None
    assert str(event.proposal.period.ends) == "2028-03-31"
    as_before = {"funds_out": before.funds_out, "period": before.period}
    assert event.proposal.model_copy(update=as_before) == before


@pytest.mark.slow
async def test_a_new_officer_by_link_is_screened_before_anything_is_paid(
    desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given a new director of the payee, when the change is taken over, then the registers are asked for that name."""
    life = Life(desk, reference)
    ida = await asked_to_change(life, at_form, reference)
    await ida.fill("change", change="both", reason="Marta Olsen is our new director")
    await ida.hand_in()
    number = await sealed_number(office_pool)
    await life.until_told("DueDiligenceCompleted")
    proposed = (await life.state()).proposed
    assert proposed.funds_out is not None
    people = (*proposed.funds_out.payee.principals, Principal(name=NEW, role=PrincipalRole.DIRECTOR))
    payee = proposed.funds_out.payee.model_copy(update={"principals": people})
    changed = proposed.model_copy(
        update={"funds_out": proposed.funds_out.model_copy(update={"payee": payee}), "partner": payee}
    )
    reference_of_it = (await submission_numbered(desk.pool, desk.ledger, number)).reference
    await life.do(c.Amend, "pia.berg", proposal=changed, reason="a new director", submission=reference_of_it)
    await life.until_told("RegistersRechecked")
    events = [one.event for one in await desk.history(reference)]
    [first] = [event for event in events if isinstance(event, e.DueDiligenceCompleted)]
    [again] = [event for event in events if isinstance(event, e.RegistersRechecked)]
    assert NEW not in first.verification.screening.parties
    assert NEW in again.verification.screening.parties
