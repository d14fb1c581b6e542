"""Whoever can reach Temporal can send anything in anybody's name: it is refused, changes nothing, and is on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from accord.client.desk import Desk
from accord.client.sight import make_command
from accord.presentation.faults import Refused
from domain.directory.people import Delegation, RoleDelegated
from domain.directory.tiers import Role
from domain.errors import DomainError
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.events import CommandRefused
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.signatures.signing import LogEpoch, Signature, Terms
from tests.builders import funds_out, money, number, proposal
from tests.governing import decree, hire, let_go, revoke
from tests.histories import at_rest
from tests.lives import Life
from tests.scribe import forgers_keys
from tests.waiting import BACKSTOP
from workflows.messages import PartnershipStart, Receipt, update_id
from workflows.options import TASK_QUEUE
from workflows.partnership import FOREIGN_ID, TAKEN_BEFORE, PartnershipWorkflow

ACCEPTED: Literal["workflow_execution_update_accepted_event_attributes"] = (
    "workflow_execution_update_accepted_event_attributes"
)

NewReference = Callable[[], str]
Forged = Awaitable[c.StaffRequest]


# What a forger can do with a command


def altered(command: c.StaffRequest, **content: Any) -> c.StaffRequest:
    """The command with other content under the signature that it had."""
    return type(command).model_validate({**command.model_dump(), **content})


def without(command: c.StaffRequest) -> c.StaffRequest:
    return command.model_copy(update={"signature": None})


async def resigned(
    desk: Desk, command: c.StaffRequest, subject: str, terms: Any = None, **shown: Any
) -> c.StaffRequest:
    """The command signed once more by its own person, on something else that she is said to have been shown."""
    assert command.signature is not None
    seen = command.signature.statement.shown
    assert seen is not None
    if terms:
        shown["terms"] = Terms.model_validate({**seen.terms.model_dump(), **terms})
    statement = command.statement(subject, seen.model_copy(update=shown))
    return command.model_copy(update={"signature": await desk.sign(statement)})


def bearing(command: c.StaffRequest, **signature: Any) -> c.StaffRequest:
    """The command with something of its signature replaced."""
    assert command.signature is not None
    return command.model_copy(update={"signature": command.signature.model_copy(update=signature)})


# The forgeries, each on a partnership that waits for approval


async def unsigned(life: Life, folder: Path) -> c.StaffRequest:
    return without(await approval(life))


async def signed_with_a_key_that_nobody_enrolled(life: Life, folder: Path) -> c.StaffRequest:
    forger = Life(replace(life.desk, keyring=forgers_keys(life.desk.keyring, folder)), life.reference)
    forger.desk.keyring.make("ana.silva")
    return await approval(forger)


async def signed_with_anothers_key_in_her_name(life: Life, folder: Path) -> c.StaffRequest:
    keys = forgers_keys(life.desk.keyring, folder, **{"ana.silva": "otto.audit"})
    return await approval(Life(replace(life.desk, keyring=keys), life.reference))


async def signed_with_anothers_key_under_the_name_of_hers(life: Life, folder: Path) -> c.StaffRequest:
    forged = await signed_with_anothers_key_in_her_name(life, folder)
    return bearing(forged, key_id=life.desk.keyring.public("ana.silva").key_id)


async def a_signature_of_nothing(life: Life, folder: Path) -> c.StaffRequest:
    return bearing(await approval(life), value="A" * 86 + "==")


async def with_another_reason(life: Life, folder: Path) -> c.StaffRequest:
    return altered(await approval(life), reason="fits the forger's programme")


async def with_another_person(life: Life, folder: Path) -> c.StaffRequest:
    return altered(await approval(life), actor="femi.ade")


async def with_another_time(life: Life, folder: Path) -> c.StaffRequest:
    return altered(await approval(life), at=datetime.now(UTC) - timedelta(days=3))


async def with_another_id(life: Life, folder: Path) -> c.StaffRequest:
    return altered(await approval(life), command_id=number(f"forged {folder}"))


async def a_question_made_into_a_refusal(life: Life, folder: Path) -> c.StaffRequest:
    """Hold and decline say the same of themselves, a reason. Only the kind tells them apart."""
    placed = await life.command(c.PlaceHold, "vera.lind", reason="a question in the press")
    return c.Decline.model_validate({**placed.model_dump(), "kind": "decline"})


async def with_another_amount(life: Life, folder: Path) -> c.StaffRequest:
    smaller = proposal(life.reference, funds_out=funds_out("600.00", "100.00"))
    amended = await life.command(c.Amend, "pia.berg", proposal=smaller, reason="a smaller project")
    larger = proposal(life.reference, funds_out=funds_out("600.00", "900000.00"))
    return altered(amended, proposal=larger)


async def for_another_partnership(life: Life, folder: Path) -> c.StaffRequest:
    return await resigned(life.desk, await approval(life), "P-2026-0001")


async def for_the_directory(life: Life, folder: Path) -> c.StaffRequest:
    return await resigned(life.desk, await approval(life), "directory")


async def on_the_position_of_another_ledger(life: Life, folder: Path) -> c.StaffRequest:
    return await resigned(life.desk, await approval(life), life.reference, position=987_654_321)


async def on_the_position_of_another_partnership(life: Life, folder: Path) -> c.StaffRequest:
    return await resigned(life.desk, await approval(life), life.reference, position=1)


async def on_a_version_that_is_still_to_come(life: Life, folder: Path) -> c.StaffRequest:
    version = (await life.state()).version
    return await resigned(life.desk, await approval(life), life.reference, version=version + 7)


async def on_an_older_question(life: Life, folder: Path) -> c.StaffRequest:
    first = (await life.events())[0]
    return await resigned(life.desk, await approval(life), life.reference, version=1, position=first.position)


async def on_nothing_shown(life: Life, folder: Path) -> c.StaffRequest:
    command = await approval(life)
    return command.model_copy(update={"signature": await life.desk.sign(command.statement(life.reference))})


async def on_a_version_before_the_first(life: Life, folder: Path) -> c.StaffRequest:
    return await resigned(life.desk, await approval(life), life.reference, version=0, position=0)


def on_other_terms(**terms: Any) -> Callable[[Life, Path], Forged]:
    async def forge(life: Life, folder: Path) -> c.StaffRequest:
        return await resigned(life.desk, await approval(life), life.reference, terms)

    return forge


async def by_the_right_key_in_the_wrong_role(life: Life, folder: Path) -> c.StaffRequest:
    return await life.command(c.Approve, "otto.audit", no_interest=True, reason="let me")


async def by_whom_the_directory_does_not_know(life: Life, folder: Path) -> c.StaffRequest:
    stranger = Life(replace(life.desk, keyring=forgers_keys(life.desk.keyring, folder)), life.reference)
    stranger.desk.keyring.make("mallory.grey")
    return await stranger.command(c.Approve, "mallory.grey", no_interest=True, reason="let me")


async def approval(life: Life) -> c.StaffRequest:
    return await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")


class Forgery(NamedTuple):
    """A forgery, as what it is refused, and what the record says of it."""

    forge: Callable[[Life, Path], Forged]
    kind: str
    reason: str


FORGERIES = {
    one.forge.__name__: one
    for one in (
        Forgery(unsigned, "NotSigned", "it is not signed"),
        Forgery(signed_with_a_key_that_nobody_enrolled, "NotSigned", "holds no key EK-"),
        Forgery(signed_with_anothers_key_in_her_name, "NotSigned", "of ana.silva in force"),
        Forgery(signed_with_anothers_key_under_the_name_of_hers, "NotSigned", "the signature is not ana.silva's"),
        Forgery(a_signature_of_nothing, "NotSigned", "the signature is not ana.silva's"),
        Forgery(with_another_reason, "NotSigned", "for another content"),
        Forgery(with_another_person, "NotSigned", "for another person"),
        Forgery(with_another_time, "NotSigned", "for another time"),
        Forgery(with_another_id, "NotSigned", "for another command"),
        Forgery(a_question_made_into_a_refusal, "NotSigned", "for another kind of decision"),
        Forgery(with_another_amount, "NotSigned", "for another content"),
        Forgery(for_another_partnership, "NotSigned", "for another partnership"),
        Forgery(for_the_directory, "NotSigned", "for another partnership"),
        Forgery(on_the_position_of_another_ledger, "NotSigned", "at position 987654321"),
        Forgery(on_the_position_of_another_partnership, "NotSigned", "at position 1"),
        Forgery(on_a_version_that_is_still_to_come, "NotSigned", "the ledger holds no version"),
        Forgery(on_an_older_question, "StaleDecision", "was shown version 1"),
        Forgery(on_a_version_before_the_first, "StaleDecision", "was shown version 0"),
        Forgery(on_nothing_shown, "StaleDecision", "does not say what ana.silva was shown"),
        Forgery(by_the_right_key_in_the_wrong_role, "NotAuthorised", "otto.audit holds AUDITOR"),
        Forgery(by_whom_the_directory_does_not_know, "NotSigned", "not in the staff directory"),
    )
} | {
    f"on_another_{name}": Forgery(on_other_terms(**{field: value}), "StaleDecision", f"differs in: {name}; look again")
    for name, field, value in (
        ("amount", "amount", {"amount": "100.00", "currency": "USD"}),
        ("payee", "payee", "Lakeside School of Networking"),
        ("funder", "funder", "ISOC-FOUNDATION"),
        ("purpose", "purpose_sha256", "ab" * 32),
        ("account", "account_sha256", "ab" * 32),
        ("determination", "determination_sha256", "ab" * 32),
        ("rule book", "rule_book", "2026.1"),
    )
}


# What must be true of each


async def refused_on_record(life: Life, before: Partnership, command: c.StaffRequest, reason: str) -> None:
    """Nothing changed but that the attempt is on record, under the name that it bore."""
    after = await life.until(lambda known: known.version > before.version)
    assert after == before.model_copy(update={"version": before.version + 1})
    last: Any = (await life.events())[-1].event
    assert isinstance(last, CommandRefused)
    assert (last.actor, last.attempted) == (command.actor, command.kind)
    assert reason in last.reason


async def refused_by_update(life: Life, command: c.StaffRequest, kind: str, reason: str) -> None:
    before = await life.state()
    with pytest.raises(Refused) as refusal:
        await life.send(command)
    assert (refusal.value.kind, reason in str(refusal.value)) == (kind, True), refusal.value
    await refused_on_record(life, before, command, reason)


async def refused_by_signal(life: Life, command: c.StaffRequest, reason: str) -> None:
    before = await life.state()
    await life.submit(command)
    await refused_on_record(life, before, command, reason)


def waiting(life: Life) -> Awaitable[Partnership]:
    return life.awaiting_approval(proposal(life.reference, funds_out=funds_out("600.00", "400.00")))


@pytest.mark.slow
@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forgery_is_refused_changes_nothing_and_is_on_record(life: Life, tmp_path: Path, name: str) -> None:
    forgery = FORGERIES[name]
    await waiting(life)
    await refused_by_update(life, await forgery.forge(life, tmp_path / "one"), forgery.kind, forgery.reason)
    again = await forgery.forge(life, tmp_path / "other")
    await refused_by_signal(life, again, forgery.reason)
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="this one is mine")
    assert [one.actor for one in (await life.state()).approvals] == ["ana.silva"]


@pytest.mark.slow
async def test_a_release_of_another_tranche_than_was_signed_is_refused(life: Life) -> None:
    await life.signed(proposal(life.reference, funds_out=funds_out("600.00", "400.00")))
    release = await life.command(c.Release, "paul.nkosi", tranche=1)
    await refused_by_update(life, altered(release, tranche=2), "NotSigned", "for another content")
    await refused_by_signal(life, altered(await life.command(c.Release, "paul.nkosi", tranche=2), tranche=1), "content")
    assert [tranche.attempt for tranche in (await life.state()).tranches] == [0, 0]


@pytest.mark.slow
async def test_an_agreement_on_another_account_than_was_signed_is_refused(life: Life) -> None:
    await life.approved(proposal(life.reference))
    true, forged = (
        await life.account("Riverbend Library Network"),
        await life.account("Harbor Chapter of Open Networks"),
    )
    content = {"signed_on": date(2026, 11, 2), "account": true}
    command = await life.command(c.SignAgreement, "dora.kim", **content)
    await refused_by_update(life, altered(command, account=forged), "NotSigned", "for another content")
    again = await life.command(c.SignAgreement, "dora.kim", **content)
    await refused_by_signal(life, altered(again, account=forged), "for another content")
    assert (await life.state()).account is None


# Replays


@pytest.mark.slow
async def test_a_decision_that_was_taken_is_not_taken_again_by_signal(life: Life) -> None:
    await waiting(life)
    command = await approval(life)
    await life.send(command)
    await refused_by_signal(life, command, TAKEN_BEFORE)


@pytest.mark.slow
async def test_a_decision_that_was_taken_is_not_taken_again_under_another_update_id(life: Life) -> None:
    await waiting(life)
    command = await approval(life)
    await life.send(command)
    before = await life.state()
    with pytest.raises(WorkflowUpdateFailedError, match="Workflow update failed") as failure:
        await life.handle.execute_update("decide", command, id="another id", result_type=Receipt)
    assert getattr(failure.value.cause, "type", "") == "NotSigned"
    await refused_on_record(life, before, command, TAKEN_BEFORE)


@pytest.mark.slow
async def test_a_decision_under_an_id_that_is_not_its_own_is_not_taken_at_all(life: Life) -> None:
    await waiting(life)
    command = await approval(life)
    before = await life.state()
    with pytest.raises(WorkflowUpdateFailedError):
        await life.handle.execute_update("decide", command, id="another id", result_type=Receipt)
    await refused_on_record(life, before, command, FOREIGN_ID)


@pytest.mark.slow
async def test_eight_replays_at_once_by_both_ways_change_nothing(life: Life) -> None:
    await waiting(life)
    command = await approval(life)
    await life.send(command)
    before = await life.state()
    asked = [life.handle.execute_update("decide", command, id=f"id {n}", result_type=Receipt) for n in range(4)]
    answers = await asyncio.gather(*asked, *(life.submit(command) for _ in range(4)), return_exceptions=True)
    assert [type(answer) for answer in answers[:4]] == [WorkflowUpdateFailedError] * 4
    await refused_on_record(life, before, command, TAKEN_BEFORE)


@pytest.mark.slow
async def test_asking_the_same_again_as_a_caller_does_is_no_forgery(life: Life) -> None:
    await waiting(life)
    command = await approval(life)
    first = await life.send(command)
    before = await life.events()
    assert (await life.send(command)).what == first.what == ("ApprovalGiven",)
    assert await life.events() == before
    asked = [one async for one in life.handle.fetch_history_events() if one.HasField(ACCEPTED)]
    answered = [one.workflow_execution_update_accepted_event_attributes.protocol_instance_id for one in asked]
    assert answered.count(update_id(command)) == 1


@pytest.mark.slow
async def test_another_signature_of_a_decision_that_was_taken_is_answered_and_takes_nothing_again(life: Life) -> None:
    await waiting(life)
    command = await approval(life)
    await life.send(command)
    before = await life.events()
    later = altered(without(command), at=datetime.now(UTC))
    again = await life.desk.signed(await life.desk.known_sight(life.reference), later)
    assert update_id(again) != update_id(command)
    assert ((await life.send(again)).what, await life.events()) == (("ApprovalGiven",), before)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["update", "signal"])
async def test_what_a_hold_refused_is_not_taken_after_the_hold_is_lifted(life: Life, way: str) -> None:
    await waiting(life)
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    command = await approval(life)
    with pytest.raises(Refused, match="on hold"):
        await life.send(command)
    await life.do(c.LiftHold, "femi.ade", reason="answered")
    if way == "update":
        await refused_by_update(life, command, "StaleDecision", "look again")
    else:
        await refused_by_signal(life, command, "look again")


@pytest.mark.slow
async def test_what_a_hold_refused_on_record_is_not_taken_after_it_is_lifted_either(life: Life) -> None:
    await waiting(life)
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    command = await approval(life)
    await refused_by_signal(life, command, "on hold")
    await life.do(c.LiftHold, "femi.ade", reason="answered")
    await refused_by_signal(life, command, "look again")


@pytest.mark.slow
async def test_what_was_decided_before_a_hold_is_not_taken_after_it(life: Life) -> None:
    await waiting(life)
    command = await approval(life)
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    await life.do(c.LiftHold, "femi.ade", reason="answered")
    await refused_by_update(life, command, "StaleDecision", "look again")


@pytest.mark.slow
async def test_an_approval_of_before_a_question_is_no_approval_of_what_came_back(life: Life) -> None:
    """The stage comes round again, with another sum."""
    await waiting(life)
    kept = await life.command(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    await life.do(c.ReturnForInformation, "ana.silva", question="Is it not more?")
    await life.propose(proposal(life.reference, funds_out=funds_out("600.00", "9000.00")), answer="It is more")
    await life.until_stage(Stage.APPROVAL)
    await refused_by_update(life, kept, "StaleDecision", "look again")


@pytest.mark.slow
async def test_an_approval_is_not_taken_again_when_the_very_same_proposal_comes_back(life: Life) -> None:
    await waiting(life)
    taken = await approval(life)
    kept = await life.command(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    await life.send(taken)
    await life.do(c.ReturnForInformation, "femi.ade", question="Is it right?")
    await life.propose(proposal(life.reference, funds_out=funds_out("600.00", "400.00")), answer="It is")
    await life.until_stage(Stage.APPROVAL)
    await refused_by_signal(life, taken, TAKEN_BEFORE)
    await refused_by_update(life, kept, "StaleDecision", "look again")
    assert (await life.state()).approvals == ()


# Keys and people come and go


@pytest.fixture
async def lena(life: Life, new_reference: NewReference) -> AsyncIterator[str]:
    """A second finance approver, for one test."""
    name = f"lena.ort.{new_reference()[-4:]}"
    yield await hire(life.desk, name, Role.FINANCE_APPROVER)
    await let_go(life.desk, name)


@pytest.mark.slow
@pytest.mark.parametrize("ends", [revoke, let_go])
@pytest.mark.parametrize("way", ["update", "signal"])
async def test_what_was_signed_before_a_key_was_revoked_or_its_person_left_is_not_taken_after(
    life: Life, lena: str, ends: Callable[[Desk, str], Awaitable[None]], way: str
) -> None:
    await waiting(life)
    command = await life.command(c.Approve, lena, no_interest=True, reason="within budget")
    await ends(life.desk, lena)
    reason = "not in the staff directory" if ends is let_go else f"of {lena} in force"
    if way == "update":
        await refused_by_update(life, command, "NotSigned", reason)
    else:
        await refused_by_signal(life, command, reason)


@pytest.mark.slow
async def test_what_was_decided_before_a_person_left_stands(life: Life, lena: str) -> None:
    await waiting(life)
    await life.do(c.Approve, lena, no_interest=True, reason="within budget")
    await let_go(life.desk, lena)
    state = await life.state()
    assert [one.actor for one in state.approvals] == [lena]
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    assert (await life.state()).stage is Stage.AGREEMENT


@pytest.mark.slow
async def test_a_replaced_key_signs_no_more(life: Life, lena: str, tmp_path: Path) -> None:
    await waiting(life)
    command = await life.command(c.Approve, lena, no_interest=True, reason="within budget")
    life.desk.keyring.discard(lena)
    await hire(life.desk, lena, Role.FINANCE_APPROVER)
    await refused_by_update(life, command, "NotSigned", f"of {lena} in force")
    approved = await life.do(c.Approve, lena, no_interest=True, reason="with the new key")
    assert approved.what == ("ApprovalGiven",)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["update", "signal"])
async def test_a_key_that_is_revoked_between_the_first_gate_and_the_second_refuses_and_work_goes_on(
    life: Life, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The first gate let it pass, the second does not: a refusal on record, not the end of the partnership."""
    await waiting(life)
    command = await approval(life)
    with monkeypatch.context() as between:
        fault = "the directory holds no key of ana.silva in force"
        between.setattr("activities.recording.second_gate.event_fault", lambda *_: Fault(fault))
        if way == "update":
            await refused_by_update(life, command, "NotSigned", fault)
        else:
            await refused_by_signal(life, command, fault)
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="work goes on")
    assert [one.actor for one in (await life.state()).approvals] == ["femi.ade"]


# The time that a decision bears is the signer's own word for it


@pytest.mark.sampled(1)
@pytest.mark.parametrize("days", [-30, 30], ids=["backdated", "postdated"])
async def test_a_decision_of_another_day_than_today_is_refused(life: Life, days: int) -> None:
    """A person who dates her decision herself outlives her delegation, and outruns a cooling-off time."""
    await waiting(life)
    seen = await life.desk.known_sight(life.reference)
    made = make_command(seen, c.Approve, "ana.silva", {"no_interest": True, "reason": "fits the programme"})
    dated = await life.desk.signed(seen, altered(made, at=datetime.now(UTC) + timedelta(days=days)))
    before = await life.state()
    with pytest.raises(Refused):
        await life.send(dated)
    assert (await life.state()).approvals == before.approvals


@pytest.mark.slow
async def test_a_role_that_was_lent_until_last_week_is_not_used_by_backdating(life: Life, lena: str) -> None:
    past = datetime.now(UTC).date() - timedelta(days=10)
    lent = Delegation(
        lender="ana.silva",
        borrower=lena,
        role=Role.PROGRAMME_APPROVER,
        starts_on=past,
        ends_on=past + timedelta(days=3),
    )
    await decree(life.desk, RoleDelegated(delegation=lent))
    await life.approved_by_finance(proposal(life.reference))
    seen = await life.desk.known_sight(life.reference)
    made = make_command(seen, c.Approve, lena, {"no_interest": True, "reason": "in her place"})
    at = datetime.now(UTC) - timedelta(days=9)
    with pytest.raises(Refused):
        await life.send(await life.desk.signed(seen, altered(made, at=at)))
    assert [one.actor for one in (await life.state()).approvals] == ["femi.ade"]


# Rubbish

RUBBISH: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "text": "approve it",
    "an empty text": "",
    "a list": [{"kind": "approve"}],
    "no content": {},
    "another kind": {"kind": "record_assessment", "assessment": {}},
    "the workflow's own": {"kind": "pass_deadline", "wait": "APPROVAL"},
    "not in this alphabet": "批准",
    "very much": {"kind": "approve", "reason": "x" * 200_000},
    "very deep": None,
    "a NUL": "\x00",
    "a NUL within": "approve\x00it",
    "a control character": "\x1b[2J\x07",
}
deep: Any = {}
for _ in range(60):
    deep = {"kind": deep}
RUBBISH["very deep"] = deep


@pytest.mark.slow
@pytest.mark.parametrize("name", RUBBISH)
async def test_rubbish_by_signal_is_on_record_and_work_goes_on(life: Life, name: str) -> None:
    before = await waiting(life)
    try:
        await life.handle.signal("submit", RUBBISH[name])
        after = await life.until(lambda known: known.version > before.version)
        assert after == before.model_copy(update={"version": before.version + 1})
        assert (await life.told())[-1] == "CommandRefused"
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="work goes on")
    except TimeoutError:
        await life.handle.terminate("a test's rubbish is stuck in it")
        raise


@pytest.mark.slow
@pytest.mark.parametrize("value", ["A" * 21, "A" * 22, "A" * 40 + "=", "A" * 87, "A" * 200])
@pytest.mark.parametrize("way", ["update", "signal"])
async def test_a_signature_that_is_no_base64_of_64_bytes_is_refused_and_work_goes_on(
    life: Life, value: str, way: str
) -> None:
    before = await waiting(life)
    forged = (await approval(life)).model_dump(mode="json")
    forged["signature"]["value"] = value
    try:
        async with asyncio.timeout(BACKSTOP):
            if way == "signal":
                await life.handle.signal("submit", forged)
                await life.until(lambda known: known.version > before.version)
            else:
                with pytest.raises(WorkflowUpdateFailedError):
                    await life.handle.execute_update("decide", forged, id=forged["command_id"])
            await life.do(c.Approve, "ana.silva", no_interest=True, reason="work goes on")
    except TimeoutError:
        await life.handle.terminate("a test's rubbish is stuck in it")
        raise
    assert (await life.told())[-1] == "ApprovalGiven"


@pytest.mark.slow
@pytest.mark.parametrize(
    "payload", [None, 7, "approve", {}, {"kind": "approve"}, {"kind": "refuse", "reason": "none"}], ids=str
)
async def test_rubbish_by_update_is_refused_and_changes_nothing(life: Life, payload: Any) -> None:
    before = await waiting(life)
    with pytest.raises((WorkflowUpdateFailedError, RPCError)):
        await life.handle.execute_update("decide", payload, id=str(number(f"{life.reference}{payload}")))
    assert (await life.state()).model_copy(update={"version": before.version}) == before
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="work goes on")


# Proposals


async def first(desk: Desk, proposed: Proposal, sign: bool = True) -> c.Propose:
    draft = c.Propose(command_id=number(proposed.reference), at=datetime.now(UTC), actor="pia.berg", proposal=proposed)
    signature = await desk.sign(draft.statement(proposed.reference)) if sign else None
    return draft.model_copy(update={"signature": signature})


async def signature_of(desk: Desk, command: c.Propose, subject: str) -> Signature:
    return await desk.sign(command.statement(subject))


async def start_with(life: Life, command: c.Propose) -> Receipt:
    """As whoever can reach Temporal may do."""
    start: WithStartWorkflowOperation[PartnershipWorkflow, Receipt] = WithStartWorkflowOperation(
        PartnershipWorkflow.run,
        PartnershipStart(partnership_id=life.reference, proposal=command),
        id=life.handle.id,
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    answer: Receipt = await life.desk.temporal.execute_update_with_start_workflow(
        "decide", command, start_workflow_operation=start, id=str(command.command_id), result_type=Receipt
    )
    return answer


async def not_signed(life: Life) -> c.Propose:
    return await first(life.desk, proposal(life.reference), sign=False)


async def with_another_sum(life: Life) -> c.Propose:
    command = await first(life.desk, proposal(life.reference))
    return command.model_copy(update={"proposal": proposal(life.reference, funds_out=funds_out("900000.00"))})


async def in_anothers_name(life: Life) -> c.Propose:
    return (await first(life.desk, proposal(life.reference))).model_copy(update={"actor": "ana.silva"})


async def signed_for_another_partnership(life: Life) -> c.Propose:
    command = await first(life.desk, proposal(life.reference))
    return command.model_copy(update={"signature": await signature_of(life.desk, command, "P-2026-0001")})


async def signed_for_another_ledger(life: Life) -> c.Propose:
    command = await first(life.desk, proposal(life.reference))
    elsewhere = command.statement(life.reference).within(LogEpoch(origin="training.example.org", epoch=1))
    return command.model_copy(update={"signature": life.desk.keyring.sign(elsewhere)})


async def signed_in_the_old_form(life: Life) -> c.Propose:
    command = await first(life.desk, proposal(life.reference))
    return command.model_copy(update={"signature": life.desk.keyring.sign(command.statement(life.reference))})


BAD_PROPOSALS: dict[str, Callable[[Life], Awaitable[c.Propose]]] = {
    "unsigned": not_signed,
    "with another sum": with_another_sum,
    "in another's name": in_anothers_name,
    "signed for another partnership": signed_for_another_partnership,
    "signed for another ledger": signed_for_another_ledger,
    "signed for no ledger at all": signed_in_the_old_form,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD_PROPOSALS)
@pytest.mark.parametrize("way", ["update", "start"])
async def test_a_proposal_that_is_not_signed_starts_nothing(life: Life, name: str, way: str) -> None:
    command = await BAD_PROPOSALS[name](life)
    if way == "update":
        with pytest.raises(WorkflowUpdateFailedError):
            await start_with(life, command)
    else:
        handle = await life.desk.temporal.start_workflow(
            PartnershipWorkflow.run,
            PartnershipStart(partnership_id=life.reference, proposal=command),
            id=life.handle.id,
            task_queue=TASK_QUEUE,
        )
        await handle.result()  # no failed workflow with a stack trace: what it was told stands in its history
    assert await life.events() == []
    assert await life.desk.partnership(life.reference) is None
    assert (await life.propose(proposal(life.reference))).what == ("PartnershipProposed",)


@pytest.mark.slow
async def test_a_workflow_without_a_proposal_leaves_no_partnership_in_the_ledger(life: Life) -> None:
    """Rubbish as the first thing that a stream hears would make a partnership that nobody proposed."""
    await life.desk.temporal.start_workflow(
        PartnershipWorkflow.run,
        PartnershipStart(partnership_id=life.reference),
        id=life.handle.id,
        task_queue=TASK_QUEUE,
        start_signal="submit",
        start_signal_args=["rubbish"],
    )
    await at_rest(life.handle)
    assert await life.events() == []
    assert life.reference not in {known.partnership_id for known in await life.desk.portfolio()}
    await life.awaiting_approval(proposal(life.reference))
    assert (await life.told())[0] == "PartnershipProposed", "of what came before it there is nothing"


@pytest.mark.slow
async def test_money_that_a_forger_wants_is_never_in_an_instruction(life: Life) -> None:
    """All of it at once, on a partnership that is ready to be paid: not a cent moves."""
    await life.signed(proposal(life.reference, funds_out=funds_out("600.00", "400.00")))
    release = await life.command(c.Release, "paul.nkosi", tranche=1)
    forged = [without(release), altered(release, tranche=2), altered(release, actor="dora.kim")]
    forged += [altered(release, attempt=2), altered(release, attempt=None)]
    forged += [await resigned(life.desk, release, life.reference, {"amount": money("1.00")})]
    for command in forged:
        await life.submit(command)
        with pytest.raises(Refused):
            await life.send(command)
    rows = await life.desk.pool.fetch(
        "SELECT tranche FROM payments.instructions WHERE partnership_id = $1", life.reference
    )
    assert (rows, [one.attempt for one in (await life.state()).tranches]) == ([], [0, 0])


@pytest.mark.slow
def test_every_refusal_has_a_type_of_its_own() -> None:
    known = {kind.__name__ for kind in DomainError.__subclasses__()}
    assert {forgery.kind for forgery in FORGERIES.values()} <= known
