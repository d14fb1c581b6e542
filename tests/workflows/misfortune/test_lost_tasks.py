"""A task that dies after it has appended: the ledger knows more than the workflow, which must learn of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from activities.contracts import CarryOut, KnownVersion
from activities.partnerships import Partnerships
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from tests.builders import proposal
from tests.lives import Life

NOW = timedelta(0)


async def lost(life: Life, kind: type[c.StaffCommand], actor: str, **content: object) -> None:
    """Record a decision as the workflow's task would, and let the task be lost."""
    command = await life.command(kind, actor, **content)
    asked = CarryOut(partnership_id=life.reference, command=command, known=KnownVersion())
    done = await Partnerships(life.desk.pool).carry_out(asked)
    assert done.what


async def known(life: Life) -> Partnership:
    """The workflow's knowledge, whatever the ledger holds."""
    state: Partnership = await life.handle.query("status", result_type=Partnership)
    return state


async def test_whoever_decides_on_what_the_ledger_shows_is_understood(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    await lost(life, c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    assert (await known(life)).stage is Stage.AGREEMENT
    assert (await life.told()).count("ApprovalGiven") == 2


@pytest.mark.slow
async def test_a_decision_that_only_the_recorded_one_allows_is_not_refused(life: Life) -> None:
    await life.approved_by_finance(proposal(life.reference))
    await lost(life, c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    account = await life.account("Riverbend Library Network")
    receipt = await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    assert receipt.what == ("AgreementSigned",)


@pytest.mark.slow
async def test_a_recorded_release_is_paid_though_nobody_asks_again(life: Life) -> None:
    await life.signed(proposal(life.reference))
    await lost(life, c.Release, "paul.nkosi", tranche=1)
    reconciliation = await life.reconciliation()
    behind = await reconciliation.once(minimum_age=NOW)
    instructed = await life.instructed()
    assert life.handle.id in behind
    assert instructed.order.released_by == "paul.nkosi"


@pytest.mark.slow
async def test_who_knows_everything_is_left_alone(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    await life.until_quiet()
    before = (await life.handle.describe()).history_length
    behind = await (await life.reconciliation()).once(minimum_age=NOW)
    assert life.handle.id not in behind
    assert (await life.handle.describe()).history_length == before


@pytest.mark.slow
async def test_what_moved_a_moment_ago_is_left_to_its_own_task(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    await lost(life, c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    reconciliation = await life.reconciliation()
    early, later = await reconciliation.once(minimum_age=timedelta(hours=1)), await reconciliation.once(minimum_age=NOW)
    assert life.handle.id not in early
    assert life.handle.id in later
    assert life.handle.id not in await reconciliation.once(minimum_age=NOW)
