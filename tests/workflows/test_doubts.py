"""A fallen decision or a new question under way is met anew, and only then is anything paid."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.directory.people import KeyEnrolled, KeyRevoked
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.status import TrancheStatus
from domain.policy.conditions import ConditionId
from records.keys.keyring import Keyring
from tests.builders import funds_out, proposal
from tests.conftest import working_apart
from tests.governing import decree, hire
from tests.histories import examine
from tests.lives import Life
from tests.workflows.test_rescreening import publish

ROW = "RIVERBEND,KS,00000-0000,0000,03,3,1000,200501,1"
RECLASSIFIED = f"{ROW},15 -> {ROW},04"
PAYEE = "Riverbend Library Network"
LISTED_AS_FOUNDATION = "Riverbend|KS|United States|PC -> Riverbend|KS|United States|PF"


@pytest.fixture(params=[1000, 0], ids=["cached", "uncached"])
async def life(
    request: pytest.FixtureRequest, furnished_pool: asyncpg.Pool, keyring: Keyring, client: Client, reference: str
) -> AsyncIterator[Life]:
    """A life in an organisation of its own, with registers and people of its own."""
    desk = Desk(furnished_pool, keyring, client=client, patience=30)
    async with working_apart(client, furnished_pool, request.param):
        led = Life(desk, reference)
        yield led
        await examine(led)


def one_payment(life: Life) -> Any:
    return proposal(life.reference, funds_out=funds_out("1000.00", final_report=False))


async def reclassify(life: Life, folder: Path) -> None:
    """The payee becomes a private foundation in both registers."""
    await publish(life, folder, "irs-bmf", "bmf.csv", instead=RECLASSIFIED)
    await publish(life, folder, "irs-pub78", "pub78.txt", instead=LISTED_AS_FOUNDATION)


# A condition that is new


@pytest.mark.slow
async def test_a_payment_that_is_withheld_for_a_new_condition_is_paid_once_that_is_met(
    life: Life, tmp_path: Path
) -> None:
    await life.signed(one_payment(life))
    await reclassify(life, tmp_path)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    assert (await life.instructed()).status is TrancheStatus.WITHHELD
    asked = await life.until(lambda known: ConditionId.CONTROL_AND_RECORDS in known.open_conditions())
    assert asked.hold is not None
    assert "not on file: CONTROL_AND_RECORDS" in asked.hold.reason
    await life.do(c.LiftHold, "dora.kim", reason="the pack is asked for")
    with pytest.raises(Refused, match=r"CONTROL_AND_RECORDS|Rev\. Rul\. 68-489"):
        await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.do(c.Satisfy, "vera.lind", condition=ConditionId.CONTROL_AND_RECORDS, note="the pack is on file")
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(1, 2), BankStatus.SETTLED)
    closed = await life.until_stage(Stage.CLOSED)
    assert closed.tranches[0].attempt == 2


@pytest.mark.slow
async def test_a_condition_that_is_new_after_the_release_keeps_the_file_from_leaving_until_it_is_met(
    life: Life, tmp_path: Path
) -> None:
    tranche = await life.released(one_payment(life))
    file = await life.file()
    await reclassify(life, tmp_path)
    with pytest.raises(Refused, match="not on file"):
        await life.hand_over(file)
    assert ConditionId.CONTROL_AND_RECORDS in (await life.state()).open_conditions()
    await life.do(c.Satisfy, "vera.lind", condition=ConditionId.CONTROL_AND_RECORDS, note="the pack is on file")
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


# A key that others may have used


async def revoke_for_cause(desk: Desk, person: str, since: datetime) -> None:
    """Revoke a person's key since a time, as others may have used it, and enrol a new one."""
    await decree(desk, KeyRevoked(staff_id=person, key_id=desk.keyring.public(person).key_id, compromised_since=since))
    desk.keyring.discard(person)
    desk.keyring.make(person)
    await decree(desk, KeyEnrolled(staff_id=person, key=desk.keyring.public(person)))


async def look_again(life: Life) -> Partnership:
    """Tell the partnership to look, and wait until decisions fell."""
    await life.handle.signal("registers_changed")
    await life.until_told("DecisionsFell")
    return await life.state()


@pytest.fixture
async def lena(life: Life) -> str:
    """A second finance approver, whose key others get hold of."""
    return await hire(life.desk, "lena.ort", Role.FINANCE_APPROVER)


@pytest.mark.slow
async def test_an_approval_with_a_key_that_others_used_falls_and_is_given_anew(life: Life, lena: str) -> None:
    before = datetime.now(UTC)
    await life.awaiting_approval(one_payment(life))
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, lena, no_interest=True, reason="within budget")
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=await life.account(PAYEE))
    await revoke_for_cause(life.desk, lena, before)
    fallen = await look_again(life)
    assert [one.actor for one in fallen.approvals] == ["ana.silva"]
    [fell] = [one.event for one in await life.events() if isinstance(one.event, e.DecisionsFell)]
    assert (fell.person, fell.fell) == (lena, (Part.APPROVED,))
    with pytest.raises(Refused, match=r"FINANCE_APPROVER must approve .* again"):
        await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.do(c.Approve, lena, no_interest=True, reason="within budget, with the new key")
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


@pytest.mark.slow
async def test_an_approval_that_falls_after_the_release_keeps_the_file_from_leaving(life: Life, lena: str) -> None:
    before = datetime.now(UTC)
    await life.awaiting_approval(one_payment(life))
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, lena, no_interest=True, reason="within budget")
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=await life.account(PAYEE))
    await life.do(c.Release, "paul.nkosi", tranche=1)
    tranche = await life.instructed()
    file = await life.file()
    await revoke_for_cause(life.desk, lena, before)
    with pytest.raises(Refused, match="approvals are missing: FINANCE_APPROVER"):
        await life.hand_over(file)
    assert (await life.state()).tranches[0].state is TrancheState.RELEASED
    await life.do(c.Approve, lena, no_interest=True, reason="within budget, with the new key")
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


@pytest.mark.slow
async def test_what_was_decided_before_others_had_the_key_stands(life: Life, lena: str) -> None:
    await life.awaiting_approval(one_payment(life))
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, lena, no_interest=True, reason="within budget")
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=await life.account(PAYEE))
    await revoke_for_cause(life.desk, lena, datetime.now(UTC))
    tranche = await release_and_wait(life)
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert "DecisionsFell" not in await life.told()


async def release_and_wait(life: Life) -> Any:
    await life.do(c.Release, "paul.nkosi", tranche=1)
    return await life.instructed()
