"""Of two approvals at once for one payee the later one sees the earlier, in its own append (R33; rules 3.11)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from activities.contracts import CarriedOut, CarryOut, KnownVersion
from activities.partnerships import Partnerships
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent
from records.keys.keyring import Keyring
from records.payees import others_for
from tests.activities.story import QUORUM
from tests.builders import abroad, funding, funds_out, party, proposal, status, verification
from tests.scribe import Scribe, signing_for

FIRST, SECOND = "P-2026-0051", "P-2026-0052"


@pytest.fixture
async def desk(pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    """A fresh organisation, which asks for a director above 100,000."""
    await load_sample_registers(pool)
    desk = Desk(pool, keyring)
    await furnish(desk)
    return desk


def half(reference: str, **leg: Any) -> Proposal:
    """A grant that stays below the tier alone, and not together with another."""
    return proposal(reference, funds_out=funds_out("60000.00", **leg))


async def waiting(desk: Desk, proposed: Proposal) -> Scribe:
    """Everything is written up to the first approval."""
    scribe, found = Scribe(desk, proposed.reference), verification(status())
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=funding())
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))
    assessment = assess(scribe.state.proposed, funding(), found)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=QUORUM))
    await scribe.says(e.ApprovalGiven, "ana.silva", role=Role.PROGRAMME_APPROVER, reason="good work", quorum=QUORUM)
    return scribe


async def approve(scribe: Scribe) -> CarriedOut:
    """The finance approver approves; the activity runs as a worker runs it."""
    command = c.Approve(command_id=uuid4(), at=datetime.now(UTC), actor="femi.ade", reason="Within the budget")
    statement = command.statement(scribe.reference, scribe.shown).within(signing_for())
    said = command.model_copy(update={"signature": scribe.keyring.sign(statement)})
    asked = CarryOut(partnership_id=scribe.reference, command=said, known=KnownVersion())
    answer: CarriedOut = await ActivityEnvironment().run(Partnerships(scribe.desk.pool).carry_out, asked)
    return answer


def asked_of(answer: CarriedOut) -> tuple[Any, ...]:
    """The quorum that the newest approval names."""
    assert answer.refusal is None, answer.refusal
    approvals = [one.event for one in answer.events if isinstance(one.event, e.ApprovalGiven)]
    return approvals[-1].quorum or ()


async def test_the_second_of_two_approvals_for_one_payee_needs_the_director(desk: Desk) -> None:
    first, second = await waiting(desk, half(FIRST)), await waiting(desk, half(SECOND, purpose="Courses"))
    assert Role.DIRECTOR not in asked_of(await approve(first))
    assert Role.DIRECTOR in asked_of(await approve(second))


async def test_a_mere_proposal_asks_nothing_of_another(desk: Desk) -> None:
    first, _ = await waiting(desk, half(FIRST)), await waiting(desk, half(SECOND))
    assert Role.DIRECTOR not in asked_of(await approve(first))


async def test_of_ten_pairs_at_once_one_alone_of_each_needs_no_director(desk: Desk) -> None:
    for pair in range(10):
        payee = party(f"Readers {pair}", ein=f"00200{pair:04}")
        halves = [half(f"P-2026-{6000 + 10 * pair + n}", payee=payee, purpose=f"Work {pair} {n}") for n in (1, 2)]
        scribes = [await waiting(desk, one) for one in halves]
        answers = await asyncio.gather(*map(approve, scribes))
        assert sorted(Role.DIRECTOR in asked_of(answer) for answer in answers) == [False, True]


async def test_the_index_finds_number_name_paper_and_purpose_and_not_itself(desk: Desk) -> None:
    await waiting(desk, half(FIRST))
    await waiting(desk, half(SECOND, payee=abroad("Readers"), purpose="A reading room"))
    asked = {
        "number": half("P-2026-0060", payee=party("Others"), purpose="Other"),
        "name": half("P-2026-0060", payee=party("riverbend-LIBRARY network.", ein=None), purpose="Other"),
        "purpose": half("P-2026-0060", payee=party("Others", ein=None), purpose="TRAINING"),
        "paper": half("P-2026-0060", payee=abroad("Others", country="UG"), purpose="Other"),
        "itself": half(FIRST),
        "nothing": half("P-2026-0060", payee=party("Others", ein=None), purpose="Other"),
    }
    async with desk.pool.acquire() as connection:
        found = {what: [one.subject for one in await others_for(connection, asked[what])] for what in asked}
    assert found == {
        "number": [FIRST], "name": [FIRST], "purpose": [FIRST], "paper": [SECOND], "itself": [], "nothing": [],
    }  # fmt: skip


async def test_what_nobody_can_read_in_another_partnership_stops_no_approval(desk: Desk) -> None:
    first, second = await waiting(desk, half(FIRST)), await waiting(desk, half(SECOND))
    await approve(first)
    stream = StreamId.partnership(FIRST)
    known = len(await desk.ledger.read_stream(stream))
    garbage = NewEvent.of("HoldPlaced", 1, {"garbage": True}, {"actor": "a worker"}, [])
    await desk.ledger.append(AppendRequest(stream, uuid4(), known, (garbage,)))
    assert Role.DIRECTOR in asked_of(await approve(second))
