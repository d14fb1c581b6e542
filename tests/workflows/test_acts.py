"""An act of the organisation travels to a worker: whoever decides has a login that records nothing itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_account, confirm_change, vouch
from accord.presentation.faults import Refused
from deploy.database import open_pool
from deploy.logins import Login
from domain.directory.people import StaffLeft, StaffMember, StaffRegistered
from domain.directory.tiers import Role
from domain.parties import AccountReference
from domain.recorded.writers import Writer
from domain.streams import StreamId
from records.opening import own_writer
from tests.conftest import Office
from tests.histories import replayer
from tests.lives import Life

NOTE = "their treasurer, on the number of the contract"


@pytest.fixture
async def officer(office: Office, desk: Desk) -> AsyncIterator[Desk]:
    """A desk as an officer has it: with the login of those who decide."""
    pool = await open_pool(office.url_of(Login.STAFF))
    yield Desk(pool, desk.keyring, client=desk.client, patience=desk.patience)
    pool.terminate()


@pytest.fixture
async def emergency(office: Office, desk: Desk) -> AsyncIterator[Desk]:
    """A desk where Temporal is away, with the login that is kept for that."""
    pool = await open_pool(office.url_of(Login.EMERGENCY))
    yield Desk(pool, desk.keyring)
    pool.terminate()


def account_of(life: Life) -> AccountReference:
    """An account that nobody has vouched for yet."""
    digest = hashlib.sha256(life.reference.encode()).digest()
    return AccountReference(reference=f"BA-{base64.b32encode(digest).decode()[:12]}", sha256=digest.hex())


async def test_an_officers_login_records_nothing_itself(officer: Desk, emergency: Desk, desk: Desk) -> None:
    assert await own_writer(officer.pool) is None
    assert await own_writer(emergency.pool) is Writer.EMERGENCY
    assert await own_writer(desk.pool) is Writer.WORKER


async def test_an_account_is_vouched_for_by_two_through_a_worker(officer: Desk, life: Life) -> None:
    account = account_of(life)
    known = await vouch(officer, account, "vera.lind")
    assert known is not None
    with pytest.raises(Refused, match="another person must call back"):
        await confirm_account(officer, account, "vera.lind", NOTE)
    confirmed = await confirm_account(officer, account, "noor.haddad", NOTE)
    assert (confirmed.recorded_by, confirmed.confirmed_by) == ("vera.lind", "noor.haddad")


async def test_who_may_not_is_refused_by_the_worker_whatever_shell_they_use(officer: Desk, life: Life) -> None:
    account = account_of(life)
    with pytest.raises(Refused, match=r"it needs FINANCE_APPROVER or VERIFIER, and paul\.nkosi holds PAYER") as refusal:
        await vouch(officer, account, "paul.nkosi")
    assert refusal.value.kind == "NotAuthorised"
    assert await officer.ledger.read_stream(StreamId.account(account.reference)) == []


async def test_the_directory_is_changed_by_two_through_a_worker_and_the_history_replays(
    officer: Desk, client: Client, life: Life
) -> None:
    name = f"new.{life.reference.replace('-', '').lower()}"
    member = StaffMember(staff_id=name, name="Noa Somebody", roles=(Role.AUDITOR,))
    changed = await change_directory(officer, (StaffRegistered(member=member),), "dora.kim")
    assert changed.change_id is not None
    await confirm_change(officer, changed.change_id, "otto.audit")
    assert (await officer.directory()).person(name) is not None
    history = await client.get_workflow_handle(f"act/{changed.change_id}").fetch_history()
    await replayer().replay_workflow(history)


async def test_the_directory_is_changed_by_the_emergency_login_where_temporal_is_away(
    emergency: Desk, officer: Desk, life: Life
) -> None:
    name = f"gone.{life.reference.replace('-', '').lower()}"
    member = StaffMember(staff_id=name, name="Noa Somebody", roles=(Role.AUDITOR,))
    for change in (StaffRegistered(member=member), StaffLeft(staff_id=name)):
        changed = await change_directory(emergency, (change,), "dora.kim")
        assert changed.change_id is not None
        await confirm_change(emergency, changed.change_id, "otto.audit")
    assert (await officer.directory()).person(name) is None


async def test_the_emergency_login_vouches_for_nothing(emergency: Desk, life: Life) -> None:
    with pytest.raises(Refused, match="AccountRecorded"):
        await vouch(emergency, account_of(life), "vera.lind")
