"""Activities run at least once, so every one of them is run twice here and must leave what once would have left."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import payment
from activities.contracts import AssessmentRequest, AuthorityRequest, ReadRequest, RecordRequest, Touched, TrancheStart
from commands.desk import Desk
from commands.sample import furnish, load_sample_registers
from domain import commands as c
from domain.bank_answers import BankAnswer, BankStatus
from domain.events import PartnershipWithdrawn
from domain.identity import payment_id
from domain.tranche import TrancheOrder
from payments.accounts import find_account
from signatures.keyring import Keyring
from tests.builders import NOON, funding, money, number, party, proposal, verification
from tests.scribe import signed
from worker import activities_of

REFERENCE = "P-2026-0042"

TABLES = """
SELECT table_schema || '.' || table_name FROM information_schema.tables
 WHERE table_schema IN ('ledger', 'registers', 'payments', 'accord') ORDER BY 1
"""


def name_of(method: Callable[..., Any]) -> str:
    """The name by which workflows call an activity."""
    return method.__name__


@pytest.fixture
async def furnished(pool: asyncpg.Pool, keyring: Keyring) -> asyncpg.Pool:
    """A fresh database with the sample's registers, accounts and staff."""
    await load_sample_registers(pool)
    await furnish(Desk(pool, keyring))
    return pool


async def order(pool: asyncpg.Pool, attempt: int = 1) -> TrancheStart:
    """A released tranche of the sample's charity."""
    async with pool.acquire() as connection:
        reference = await connection.fetchval(
            "SELECT reference FROM payments.accounts WHERE details->>'holder' = 'Riverbend Library Network'"
        )
        account = await find_account(connection, reference)
    released = TrancheOrder(
        partnership_id="P-2026-0042", tranche=1, attempt=attempt, payment_id=payment_id("P-2026-0042", 1, attempt),
        money={"amount": "1000.00", "currency": "USD"}, funder=funding().funders[0], payee=party(), account=account,
        released_by="paul.nkosi", released_at=NOON, purpose="Training",
    )  # fmt: skip
    return TrancheStart(order=released, proposal=proposal(), funding=funding())


def withdrawn(keyring: Keyring, reason: str) -> PartnershipWithdrawn:
    """A decision that its person signed."""
    event = PartnershipWithdrawn(at=NOON, actor="pia.berg", reason=reason)
    return signed(event, keyring, REFERENCE, number("once"))


async def inputs(pool: asyncpg.Pool, keyring: Keyring) -> dict[str, Any]:
    """An input for every activity; one without is an activity that escaped this test."""
    propose = c.Propose(command_id=number("propose"), at=NOON, actor="pia.berg", proposal=proposal())
    signature = keyring.sign(propose.statement(REFERENCE))
    record = RecordRequest(
        stream_id=f"partnership/{REFERENCE}", expected_version=0, command_id=number("once"), actor="pia.berg",
        events=(withdrawn(keyring, "no longer needed"),),
    )  # fmt: skip
    return {
        "record_events": record,
        "read_events": ReadRequest(stream_id=record.stream_id, after_version=0),
        "look_up_authority": AuthorityRequest(
            partnership_id=REFERENCE, command=propose.model_copy(update={"signature": signature})
        ),
        "read_tranche_ending": "partnership/P-2026-0042/tranche/1/attempt/1",
        "verify_payee": proposal(),
        "screen_parties": [party()],
        "assess_eligibility": AssessmentRequest(proposal=proposal(), funding=funding(), verification=verification()),
        "instruct_payment": await order(pool),
        "find_touched": None,
        "tell": Touched(versions=(), looked_at=0, partnership_ids=()),
        "confirm_answer": BankAnswer(
            answer_id=number("answer"),
            status=BankStatus.SETTLED,
            code="BOOK",
            money=money(),
            said_at=NOON,
            bank_reference="a bank message",
            partnership_id=REFERENCE,
            tranche=1,
            attempt=1,
        ),
    }


async def contents(pool: asyncpg.Pool, folder: Path) -> dict[str, str]:
    """A digest of every table, and of every file in a folder."""
    found = {}
    for row in await pool.fetch(TABLES):
        lines = await pool.fetchval(f"SELECT string_agg(t::text, E'\n' ORDER BY t::text) FROM {row[0]} t")
        found[row[0]] = hashlib.sha256((lines or "").encode()).hexdigest()
    return {**found, **files_in(folder)}


def files_in(folder: Path) -> dict[str, str]:
    """A digest of every file below a folder."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def registered() -> list[str]:
    """The names of all registered activities."""
    return [name_of(method) for method in activities_of(None)]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", registered())
async def test_an_activity_that_runs_twice_leaves_what_once_leaves(
    name: str, furnished: asyncpg.Pool, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    method = next(method for method in activities_of(furnished) if name_of(method) == name)
    argument = (await inputs(furnished, keyring))[name]
    arguments = [] if argument is None else [argument]
    first = await ActivityEnvironment().run(method, *arguments)
    after_once = await contents(furnished, tmp_path)
    second = await ActivityEnvironment().run(method, *arguments)
    assert await contents(furnished, tmp_path) == after_once
    assert _timeless(first) == _timeless(second)


async def test_the_same_command_with_other_events_on_a_moved_stream_is_a_key_reuse(
    furnished: asyncpg.Pool, keyring: Keyring
) -> None:
    [record] = [method for method in activities_of(furnished) if name_of(method) == "record_events"]
    request = (await inputs(furnished, keyring))["record_events"]
    await ActivityEnvironment().run(record, request)
    other = withdrawn(keyring, "another reason")
    with pytest.raises(ApplicationError, match="recorded before with other content"):
        await ActivityEnvironment().run(record, request.model_copy(update={"expected_version": 1, "events": (other,)}))


async def test_a_retry_that_computed_afresh_is_told_what_it_recorded_first(
    furnished: asyncpg.Pool, keyring: Keyring
) -> None:
    [record] = [method for method in activities_of(furnished) if name_of(method) == "record_events"]
    request = (await inputs(furnished, keyring))["record_events"]
    first = await ActivityEnvironment().run(record, request)
    afresh = withdrawn(keyring, "computed a second time")
    again = await ActivityEnvironment().run(record, request.model_copy(update={"events": (afresh,)}))
    assert again == first


async def test_a_payee_that_was_revoked_after_approval_is_not_paid(furnished: asyncpg.Pool) -> None:
    """C18."""
    [instruct] = [method for method in activities_of(furnished) if name_of(method) == "instruct_payment"]
    start = await order(furnished)
    revoked = party("Old Mill Community Net", ein="001000009")
    changed = start.proposal.model_copy(
        update={"funds_out": start.proposal.funds_out.model_copy(update={"payee": revoked})}  # type: ignore[union-attr]
    )
    outcome = await ActivityEnvironment().run(instruct, start.model_copy(update={"proposal": changed}))
    assert "revoked" in outcome.withheld.reason
    assert await furnished.fetchval("SELECT count(*) FROM payments.instructions") == 0


async def test_nothing_is_paid_by_way_of_a_listed_bank(
    furnished: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = party("Zorvania Trade Bureau", kind="PRIVATE_COMPANY", country="NL", ein=None)
    monkeypatch.setattr(payment, "banks_of", lambda _details: (bank,))
    [instruct] = [method for method in activities_of(furnished) if name_of(method) == "instruct_payment"]
    outcome = await ActivityEnvironment().run(instruct, await order(furnished))
    reason = "the bank 'Zorvania Trade Bureau' is near 'ZORVANIA TRADE BUREAU' of ofac-sdn (entity 9001)"
    assert outcome.withheld.reason == reason
    assert await furnished.fetchval("SELECT count(*) FROM payments.instructions") == 0


async def test_an_instruction_that_stands_is_not_taken_back_by_a_second_look(furnished: asyncpg.Pool) -> None:
    [instruct] = [method for method in activities_of(furnished) if name_of(method) == "instruct_payment"]
    start = await order(furnished)
    first = await ActivityEnvironment().run(instruct, start)
    await furnished.execute("UPDATE registers.versions SET state = 'SUPERSEDED'")
    second = await ActivityEnvironment().run(instruct, start)
    assert (first.instructed.end_to_end_id, second.withheld) == (second.instructed.end_to_end_id, None)


def _timeless(outcome: Any) -> Any:
    """An outcome without the moment at which a register was asked."""
    if not hasattr(outcome, "model_dump"):
        return outcome

    def strip(value: Any) -> Any:
        match value:
            case dict():
                return {key: strip(item) for key, item in value.items() if key not in {"at", "asked_at"}}
            case list() | tuple():
                return [strip(item) for item in value]
            case _:
                return value

    return strip(outcome.model_dump(mode="json"))
