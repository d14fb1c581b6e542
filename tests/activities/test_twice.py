"""Activities run at least once, so every one of them is run twice here and must leave what once would have left."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from activities import payment
from activities.contracts import (
    AffectedPartnerships,
    AssessmentRequest,
    AttemptSeen,
    CarryOut,
    CatchUpRequest,
    ImportPart,
    InstructionOutcome,
    KnownVersion,
    ReadRequest,
    RecordRequest,
    TrancheStart,
    VerificationRequest,
)
from deploy.database import open_pool
from deploy.registered import activities_of
from domain.directory.people import KeyRevoked
from domain.directory.tiers import Role
from domain.errors import LedgerBehind
from domain.imported.orders import ImportRecord
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.payment.tranche.events import PaymentWithheld, TrancheReleasedForPayment
from domain.payment.tranche.order import PaidFor
from domain.recorded.acts import OrganisationAct
from domain.screening.clearance import MatchCleared, clearance_content, clearance_statement
from domain.streams import StreamId
from records.keys.keyring import Keyring
from tests.activities.story import released
from tests.builders import NOON, funding, funds_out, number, party, proposal, verification
from tests.domain.partnership.approval.test_sums_of_before import before
from tests.governing import decree, hire
from tests.scribe import Scribe, signing_for
from tests.waiting import BACKSTOP

REFERENCE, OTHER = "P-2026-0042", "P-2026-0043"
"""One that is released, and one of which the ledger knows nothing."""

OF_THE_MOMENT = {"at", "asked_at", "assessment_sha256", "facts_sha256"}

TABLES = """
SELECT table_schema || '.' || table_name FROM information_schema.tables
 WHERE table_schema IN ('ledger', 'registers', 'payments', 'accord') ORDER BY 1
"""


ENDS_WITHIN = BACKSTOP / 5
"""Seconds after which an activity is held to wait for ever."""


def name_of(method: Callable[..., Any]) -> str:
    """The name by which workflows call an activity."""
    return method.__name__


@pytest.fixture
async def furnished(pool: asyncpg.Pool, keyring: Keyring) -> asyncpg.Pool:
    """A fresh database with the sample's registers, accounts and staff."""
    await load_sample_registers(pool)
    await furnish(Desk(pool, keyring))
    return pool


@pytest.fixture
def scribe(furnished: asyncpg.Pool, keyring: Keyring) -> Scribe:
    """The scribe of that organisation's ledger."""
    return Scribe(Desk(furnished, keyring), REFERENCE)


def activity(pool: asyncpg.Pool, name: str) -> Callable[..., Any]:
    """An activity by the name by which workflows call it."""
    return next(method for method in activities_of(pool) if name_of(method) == name)


async def instruct(pool: asyncpg.Pool, attempt: int = 1) -> InstructionOutcome:
    """Run the activity as a worker does."""
    start = TrancheStart(partnership_id=REFERENCE, tranche=1, attempt=attempt)
    outcome: InstructionOutcome = await ActivityEnvironment().run(activity(pool, "instruct_payment"), start)
    return outcome


async def instructions(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM payments.instructions"))


def inputs(keyring: Keyring) -> dict[str, Any]:
    """An input for every activity. An activity without one escaped this test."""
    propose = c.Propose(command_id=number("propose"), at=datetime.now(UTC), actor="pia.berg", proposal=proposal(OTHER))
    statement = propose.statement(OTHER).within(signing_for())
    said = propose.model_copy(update={"signature": keyring.sign(statement)})
    return {
        "carry_out": CarryOut(partnership_id=OTHER, command=said, known=KnownVersion()),
        "read_on": CatchUpRequest(partnership_id=REFERENCE, known=KnownVersion()),
        "record_attempt": withholding("no longer needed"),
        "record_act": cleared(keyring),
        "write_records": ImportPart(order_sha256="ab" * 32, records=(of_before(),)),
        "fold_partnership": CatchUpRequest(partnership_id=REFERENCE, known=KnownVersion()),
        "look_at_attempt": ReadRequest(stream_id=StreamId.attempt(REFERENCE, 1, 1), after_version=0),
        "find_fallen": REFERENCE,
        "screen_bank": REFERENCE,
        "verify": VerificationRequest(proposal=proposal(), funding=funding()),
        "judge_amendment": VerificationRequest(proposal=proposal(), funding=funding()),
        "verify_payee": proposal(),
        "screen_parties": [party()],
        "assess_eligibility": AssessmentRequest(proposal=proposal(), funding=funding(), verification=verification()),
        "instruct_payment": TrancheStart(partnership_id=REFERENCE, tranche=1, attempt=1),
        "find_touched": None,
        "tell": AffectedPartnerships(versions=(), looked_at=0, partnership_ids=()),
    }


def of_before() -> ImportRecord:
    """A record of before that nobody signed: refused each time."""
    return before().record


def cleared(keyring: Keyring) -> OrganisationAct:
    """A person's word that a party and a listed entity are two."""
    content, now = clearance_content("ab" * 32, REFERENCE, "born forty years later"), datetime.now(UTC)
    statement = clearance_statement(content, "vera.lind", now, number("cleared"))
    signature = keyring.sign(statement.within(signing_for()))
    event = MatchCleared(at=now, actor="vera.lind", signature=signature, **content)
    return OrganisationAct(command_id=number("cleared"), event=event)


def withholding(reason: str) -> RecordRequest:
    """The outcome of an order to pay: nothing."""
    return RecordRequest(
        stream_id=StreamId.attempt(REFERENCE, 1, 1), expected_version=0, command_id=number("once"),
        events=(PaymentWithheld(at=NOON, reason=reason),),
    )  # fmt: skip


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


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", registered())
async def test_an_activity_that_runs_twice_leaves_what_once_leaves(
    name: str, furnished: asyncpg.Pool, scribe: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await released(scribe)
    method, keyring = activity(furnished, name), scribe.desk.keyring
    argument = (inputs(keyring))[name]
    arguments = [] if argument is None else [argument]
    first = await ActivityEnvironment().run(method, *arguments)
    after_once = await contents(furnished, tmp_path)
    second = await ActivityEnvironment().run(method, *arguments)
    assert await contents(furnished, tmp_path) == after_once
    assert _timeless(first) == _timeless(second)


# A worker whose connections are all lent waits for none within one of them


@pytest.mark.slow
async def test_every_activity_ends_with_a_single_connection(database: str, scribe: Scribe) -> None:
    await released(scribe)
    stuck = []
    async with await open_pool(database, 1) as alone:
        for name, argument in inputs(scribe.desk.keyring).items():
            task = ActivityEnvironment().run(activity(alone, name), *([] if argument is None else [argument]))
            try:
                await asyncio.wait_for(task, ENDS_WITHIN)
            except TimeoutError:
                stuck.append(name)
    assert stuck == []


@pytest.mark.slow
async def test_the_same_command_with_other_events_on_a_moved_stream_is_a_key_reuse(furnished: asyncpg.Pool) -> None:
    record = activity(furnished, "record_attempt")
    await ActivityEnvironment().run(record, withholding("no longer needed"))
    other = withholding("another reason").model_copy(update={"expected_version": 1})
    with pytest.raises(ApplicationError, match="recorded before with other content"):
        await ActivityEnvironment().run(record, other)


@pytest.mark.slow
async def test_a_retry_that_computed_afresh_is_told_what_it_recorded_first(furnished: asyncpg.Pool) -> None:
    record = activity(furnished, "record_attempt")
    first = await ActivityEnvironment().run(record, withholding("no longer needed"))
    assert await ActivityEnvironment().run(record, withholding("computed a second time")) == first


@pytest.mark.slow
async def test_what_is_carried_out_is_decided_once_and_answered_alike(scribe: Scribe) -> None:
    carry_out, asked = activity(scribe.desk.pool, "carry_out"), (inputs(scribe.desk.keyring))["carry_out"]
    first = await ActivityEnvironment().run(carry_out, asked)
    assert (first.what, first.refusal) == (("PartnershipProposed",), None)
    assert await ActivityEnvironment().run(carry_out, asked) == first
    assert len(await scribe.desk.history(OTHER)) == 1


@pytest.mark.slow
async def test_what_is_refused_is_on_record_once_and_answered_alike(scribe: Scribe) -> None:
    await released(scribe)
    command = c.Approve(command_id=number("unsigned"), at=NOON, actor="ana.silva", no_interest=True, reason="good work")
    asked = CarryOut(partnership_id=REFERENCE, command=command, known=KnownVersion())
    carry_out = activity(scribe.desk.pool, "carry_out")
    first = await ActivityEnvironment().run(carry_out, asked)
    assert first.refusal.kind == "NotSigned"
    assert await ActivityEnvironment().run(carry_out, asked) == first
    told = [one.event.event_type for one in await scribe.desk.history(REFERENCE)]
    assert told.count("CommandRefused") == 1


@pytest.mark.slow
async def test_nothing_is_carried_out_where_nothing_was_proposed(scribe: Scribe) -> None:
    command = c.Approve(command_id=number("early"), at=NOON, actor="ana.silva", no_interest=True, reason="good work")
    asked = CarryOut(partnership_id=OTHER, command=command, known=KnownVersion())
    answer = await ActivityEnvironment().run(activity(scribe.desk.pool, "carry_out"), asked)
    assert (answer.refusal.kind, answer.events) == ("IllegalTransition", ())
    assert await scribe.desk.history(OTHER) == []


@pytest.mark.slow
async def test_nothing_is_carried_out_on_top_of_another_history_than_is_known(scribe: Scribe) -> None:
    await released(scribe)
    newest = (await scribe.desk.history(REFERENCE))[-1]
    known = KnownVersion(version=newest.version, position=newest.position + 1, leaf=newest.leaf)
    command = c.Approve(command_id=number("late"), at=NOON, actor="ana.silva", no_interest=True, reason="good work")
    asked = CarryOut(partnership_id=REFERENCE, command=command, known=known)
    with pytest.raises(LedgerBehind, match="put back to an earlier point"):
        await ActivityEnvironment().run(activity(scribe.desk.pool, "carry_out"), asked)
    assert (await scribe.desk.history(REFERENCE))[-1] == newest


# What becomes of an order to pay is read from the ledger, and from nothing else


@pytest.mark.slow
async def test_what_is_instructed_is_what_the_ledger_says_was_released(scribe: Scribe) -> None:
    await released(scribe)
    outcome = await instruct(scribe.desk.pool)
    assert outcome.instructed is not None
    order = outcome.instructed.order
    assert (order.released_by, str(order.money), order.payee.name) == (
        "paul.nkosi", "USD 1,000.00", "Riverbend Library Network",
    )  # fmt: skip
    assert order.account == scribe.state.account
    assert {one.register_name for one in outcome.instructed.relied_on.versions} >= {"ofac-sdn", "irs-bmf"}
    assert await instructions(scribe.desk.pool) == 1


@pytest.mark.slow
async def test_what_was_never_released_is_not_instructed_whoever_asks(scribe: Scribe) -> None:
    with pytest.raises(ApplicationError, match="the ledger holds no release of tranche 1, attempt 1") as refusal:
        await instruct(scribe.desk.pool)
    assert (refusal.value.type, refusal.value.non_retryable) == ("NotReleased", True)
    await released(scribe)
    with pytest.raises(ApplicationError, match="no release of tranche 1, attempt 2"):
        await instruct(scribe.desk.pool, attempt=2)
    assert await instructions(scribe.desk.pool) == 0


@pytest.mark.slow
async def test_a_payee_that_was_revoked_after_approval_is_not_paid(scribe: Scribe) -> None:
    """C18."""
    revoked = party("Old Mill Community Net", ein="001000009")
    await released(scribe, proposal(REFERENCE, funds_out=funds_out(payee=revoked)))
    assert "revoked" in await withheld(scribe)


@pytest.mark.slow
async def test_what_stands_on_hold_is_not_instructed(scribe: Scribe) -> None:
    await released(scribe)
    await scribe.says(e.HoldPlaced, "vera.lind", reason="a question in the press")
    assert "stands on hold: by vera.lind: a question in the press" in await withheld(scribe)


@pytest.mark.slow
async def test_what_was_cancelled_is_not_instructed(scribe: Scribe) -> None:
    await released(scribe)
    await scribe.says(e.PaymentCancelled, "femi.ade", tranche=1, attempt=1, reason="the account is in doubt")
    assert "it was cancelled" in await withheld(scribe)


@pytest.mark.slow
async def test_nothing_is_paid_by_way_of_a_listed_bank(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = party("Zorvania Trade Bureau", kind="PRIVATE_COMPANY", country="NL", ein=None)
    monkeypatch.setattr(payment, "banks_of", lambda _details: (bank,))
    await released(scribe)
    listed = "is on ofac-sdn as 'ZORVANIA TRADE BUREAU' (entity 9001), which forbids all dealings (31 CFR part 501)"
    assert await withheld(scribe) == f"the bank 'Zorvania Trade Bureau' {listed}"


async def withheld(scribe: Scribe) -> str:
    """The reason why nothing is instructed."""
    outcome = await instruct(scribe.desk.pool)
    assert outcome.withheld is not None
    assert await instructions(scribe.desk.pool) == 0
    return outcome.withheld.reason


@pytest.mark.slow
async def test_an_instruction_that_was_frozen_is_not_frozen_anew_by_a_second_look(scribe: Scribe) -> None:
    await released(scribe)
    first, second = await instruct(scribe.desk.pool), await instruct(scribe.desk.pool)
    assert first.instructed is not None
    assert second.instructed is not None
    assert first.instructed.instruction_sha256 == second.instructed.instruction_sha256
    assert await instructions(scribe.desk.pool) == 1


@pytest.mark.slow
async def test_where_the_attempts_stream_says_what_became_of_it_there_is_nothing_to_do(scribe: Scribe) -> None:
    await released(scribe)
    outcome = await instruct(scribe.desk.pool)
    assert outcome.instructed is not None
    order = outcome.instructed.order
    record = RecordRequest(
        stream_id=StreamId.attempt(REFERENCE, 1, 1), expected_version=0, command_id=number("withheld"),
        events=(TrancheReleasedForPayment(at=NOON, order=order), PaymentWithheld(at=NOON, reason="x")),
    )  # fmt: skip
    await ActivityEnvironment().run(activity(scribe.desk.pool, "record_attempt"), record)
    assert await instruct(scribe.desk.pool) == InstructionOutcome()


@pytest.mark.slow
async def test_what_a_payment_is_for_is_read_from_the_ledger_whatever_a_workflow_says(scribe: Scribe) -> None:
    await released(scribe)
    outcome = await instruct(scribe.desk.pool)
    assert outcome.instructed is not None
    made_up = PaidFor(title="Something else", of=9, funds=("FD-OTHER",))
    record = RecordRequest(
        stream_id=StreamId.attempt(REFERENCE, 1, 1), expected_version=0, command_id=number("subject"),
        events=(TrancheReleasedForPayment(at=NOON, order=outcome.instructed.order, paid_for=made_up),),
    )  # fmt: skip
    recorded = await ActivityEnvironment().run(activity(scribe.desk.pool, "record_attempt"), record)
    assert [event.event.paid_for for event in recorded.events] == [
        PaidFor(title=proposal(REFERENCE).title, of=1, funds=())
    ]


@pytest.mark.slow
async def test_the_order_of_one_attempt_is_not_recorded_in_the_stream_of_another(scribe: Scribe) -> None:
    await released(scribe)
    outcome = await instruct(scribe.desk.pool)
    assert outcome.instructed is not None
    event = TrancheReleasedForPayment(at=NOON, order=outcome.instructed.order)
    record = RecordRequest(
        stream_id=StreamId.attempt(OTHER, 1, 1), expected_version=0, command_id=number("forged"), events=(event,)
    )  # fmt: skip
    with pytest.raises(ApplicationError, match="TrancheReleasedForPayment is no event that a workflow records on"):
        await ActivityEnvironment().run(activity(scribe.desk.pool, "record_attempt"), record)


# What a run begins from, and what fell


@pytest.mark.slow
async def test_a_partnership_is_folded_with_the_commands_that_it_knows(scribe: Scribe) -> None:
    await released(scribe)
    asked = CatchUpRequest(partnership_id=REFERENCE, known=KnownVersion())
    folded = await ActivityEnvironment().run(activity(scribe.desk.pool, "fold_partnership"), asked)
    assert folded.partnership == scribe.state
    assert folded.position == scribe.position
    assert [what for one in folded.handled for what in one.what] == [
        event.event.event_type for event in await scribe.desk.history(REFERENCE)
    ]


@pytest.mark.slow
async def test_an_attempt_is_seen_with_why_a_person_cancelled_it(scribe: Scribe) -> None:
    await released(scribe)
    request = ReadRequest(stream_id=StreamId.attempt(REFERENCE, 1, 1), after_version=0)
    look = activity(scribe.desk.pool, "look_at_attempt")
    assert await ActivityEnvironment().run(look, request) == AttemptSeen(events=())
    await scribe.says(e.PaymentCancelled, "femi.ade", tranche=1, attempt=1, reason="the account is in doubt")
    seen = await ActivityEnvironment().run(look, request)
    assert seen.cancelled == "cancelled by femi.ade: the account is in doubt"


@pytest.mark.slow
async def test_what_was_decided_with_a_key_that_others_may_have_used_falls_once(scribe: Scribe) -> None:
    before = datetime.now(UTC)
    await released(scribe)
    find = activity(scribe.desk.pool, "find_fallen")
    assert await ActivityEnvironment().run(find, REFERENCE) == ()
    key_id = scribe.desk.keyring.public("femi.ade").key_id
    await decree(scribe.desk, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=before))
    [fallen] = await ActivityEnvironment().run(find, REFERENCE)
    assert (fallen.person, fallen.fell) == ("femi.ade", (Part.APPROVED,))
    await scribe.write(e.DecisionsFell(at=datetime.now(UTC), person="femi.ade", fell=fallen.fell, reason=fallen.reason))
    assert await ActivityEnvironment().run(find, REFERENCE) == ()


@pytest.mark.slow
async def test_a_remark_with_a_key_that_others_may_have_used_makes_nothing_fall(scribe: Scribe) -> None:
    """Given a comment and an assignment by somebody whose key was lost, then no payment waits for their sake."""
    before = datetime.now(UTC)
    await released(scribe)
    who = await hire(scribe.desk, "remi.keel", Role.PROPOSER)
    await scribe.says(e.CommentMade, who, text="Their bank is closed in August")
    await scribe.says(e.PartnershipAssigned, who, to="ana.silva")
    key_id = scribe.desk.keyring.public(who).key_id
    await decree(scribe.desk, KeyRevoked(staff_id=who, key_id=key_id, compromised_since=before))
    assert await ActivityEnvironment().run(activity(scribe.desk.pool, "find_fallen"), REFERENCE) == ()


def _timeless(outcome: Any) -> Any:
    """An outcome without the moment at which a register was asked, and the digest of facts that it is among."""
    if not hasattr(outcome, "model_dump"):
        return outcome

    def strip(value: Any) -> Any:
        match value:
            case dict():
                return {key: strip(item) for key, item in value.items() if key not in OF_THE_MOMENT}
            case list() | tuple():
                return [strip(item) for item in value]
            case _:
                return value

    return strip(outcome.model_dump(mode="json"))
