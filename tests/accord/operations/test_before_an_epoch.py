"""After a restore, what workflows know is recorded again before the next epoch begins: after it no signature counts."""

from __future__ import annotations

import asyncpg
import pytest

from accord.client import acts
from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_change
from domain.directory.people import KeyRevoked
from domain.partnership import commands as c
from tests.accord.operations.test_epochs import ANOTHER_TIMELINE
from tests.accord.operations.test_reviving_after_a_restore import at, desk, put_back
from tests.accord.shell import REFUSED, Shell
from tests.builders import proposal
from tests.lives import Life

__all__ = ["at", "desk"]


@pytest.fixture
async def ended_since(desk: Desk, reference: str) -> Life:
    """A partnership that was proposed, and withdrawn, after the point to which the ledger was put back."""
    before = await desk.ledger.head()
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    await life.do(c.Withdraw, "pia.berg", reason="they found other money")
    await life.until(lambda known: known.ended)
    await life.handle.result()
    await put_back(desk, before)
    await desk.pool.execute(ANOTHER_TIMELINE)
    return life


async def test_status_names_what_ended_since_and_the_runbook(at: Shell, ended_since: Life) -> None:
    named, found = await at("status", "--json"), await at("status")
    # The words name twenty, and others may have ended on this server a moment ago.
    assert (named.code, ended_since.reference in named.json["ahead"]) == (REFUSED, True), named
    assert "`accord runbook after-a-restore`" in found.words


@pytest.mark.slow
async def test_no_epoch_begins_while_workflows_know_more_but_by_a_word_that_says_so(
    at: Shell, ended_since: Life
) -> None:
    """Given the order in which the messages lead, then no proof is destroyed by it."""
    begin = ("ledger", "begin-epoch", "--as", "dora.kim")
    refused = await at(*begin)
    assert (refused.code, "Record it again first: `accord revive" in refused.words) == (REFUSED, True), refused
    assert "--leave-behind" in refused.words
    begun = await at.done(*begin, "--leave-behind")
    assert "a key that was revoked counts again until it is revoked anew" in begun.words


@pytest.mark.slow
async def test_what_ended_since_is_recorded_again_and_needs_no_workflow(at: Shell, ended_since: Life) -> None:
    again = await at.done("revive", ended_since.reference, "--record-again")
    assert f"Recorded again: {ended_since.reference}. It has ended, and needs no workflow." in again.words
    assert (await ended_since.told())[-1] == "PartnershipWithdrawn"
    assert ended_since.reference not in (await at("status", "--json")).json["ahead"]


@pytest.mark.slow
async def test_a_key_that_was_revoked_since_is_named_before_it_counts_again(
    at: Shell, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a stolen key that two guardians revoked, when the ledger is put back to before, then it is told."""
    monkeypatch.setattr(acts, "own_writer", appends_nothing)
    stolen = desk.key_id("ana.silva")
    before = await desk.ledger.head()
    change = await change_directory(desk, (KeyRevoked(staff_id="ana.silva", key_id=stolen),), "dora.kim")
    assert change.change_id is not None
    await confirm_change(desk, change.change_id, "otto.audit")
    await put_back(desk, before)
    await desk.pool.execute(ANOTHER_TIMELINE)
    begun = await at.done("ledger", "begin-epoch", "--leave-behind", "--as", "dora.kim")
    assert f"dora.kim: proposed {change.change_id}: key {stolen} of ana.silva is revoked" in begun.words
    assert f"otto.audit: confirmed {change.change_id}" in begun.words


async def appends_nothing(_: asyncpg.Pool) -> None:
    """The login of people, whose acts a worker records. Here the owner's is used, which may record them itself."""
