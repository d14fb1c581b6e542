"""Changes under way: bank details (C36), a payee's status (C18), an interest of an approver (C35)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.counter.payment_files import export
from accord.demo.sample import CALLER, RECORDER, SAMPLE
from accord.organisation.account_changes import begin_change
from accord.organisation.governance import confirm_account, vouch
from accord.presentation.faults import Refused
from domain.calendars import CALENDAR
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import Role
from domain.grants import Interest
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.policy.conditions import ConditionId
from payments.accounts import AccountDetails, record_account
from records.keys.keyring import Keyring
from registers.loading.loader import load
from tests.accord.audit.story import sample_account
from tests.builders import company, funds_out, party, proposal
from tests.conftest import working_apart
from tests.governing import decree, hire
from tests.histories import examine
from tests.lives import PAYER, Life
from tests.registers.files import ARCHIVE
from tests.waiting import BACKSTOP
from workflows.options import RULES_QUEUE

DAYS = 3
PAYEE = "Riverbend Library Network"


@pytest.fixture
async def life(furnished_pool: asyncpg.Pool, keyring: Keyring, client: Client, reference: str) -> AsyncIterator[Life]:
    """A life in an organisation of its own, where changed bank details cool off for three business days."""
    desk = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
    rules = (await desk.directory()).rules
    assert rules is not None
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"cooling_off_days": DAYS})))
    async with working_apart(client, furnished_pool):
        led = Life(desk, reference)
        yield led
        await examine(led)


async def recorded(life: Life, caller: str = CALLER, holder: str = PAYEE) -> AccountReference:
    """Another account of the payee's, and who called back for it."""
    details = another(holder)
    async with life.desk.pool.acquire() as connection:
        reference = await record_account(connection, details, RECORDER)
    await vouch(life.desk, reference, RECORDER)
    if caller:
        await confirm_account(life.desk, reference, caller, "called the listed number")
    return reference


def another(holder: str = PAYEE) -> AccountDetails:
    return AccountDetails(holder=holder, number="7654321000", bic="MOCKNL2A", town="Riverbend", country="US")


async def rejected_once(life: Life) -> None:
    """A first payment to the old account, which the bank rejected."""
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.bank_says(tranche, BankStatus.REJECTED, reason="BE04")
    await life.until_tranche(TrancheState.REJECTED)


async def sign_again(life: Life, reference: AccountReference) -> None:
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=reference)


async def instructed(life: Life) -> list[Any]:
    query = "SELECT attempt FROM payments.instructions WHERE partnership_id = $1 ORDER BY attempt"
    return [row["attempt"] for row in await life.desk.pool.fetch(query, life.reference)]


# C36: bank details that changed two days before a payment


@pytest.mark.slow
async def test_bank_details_that_nobody_called_back_for_are_not_taken(life: Life) -> None:
    await rejected_once(life)
    before = await life.state()
    with pytest.raises(Refused, match="nobody has called back to verify BA-"):
        await sign_again(life, await recorded(life, caller=""))
    assert (await life.state()).account == before.account


@pytest.mark.slow
async def test_who_recorded_the_details_does_not_call_back_herself(life: Life) -> None:
    await rejected_once(life)
    with pytest.raises(Refused, match="another person must call back"):
        await recorded(life, caller=RECORDER)


@pytest.mark.slow
async def test_an_approver_who_called_back_does_not_count(life: Life) -> None:
    await rejected_once(life)
    with pytest.raises(Refused, match=r"femi\.ade verified the account and has another part"):
        await sign_again(life, await recorded(life, caller="femi.ade"))


@pytest.mark.slow
@pytest.mark.parametrize("holder", ["Library", "Network Library GmbH", "Riverbend Library Network Services LLC"])
async def test_an_agreement_does_not_name_an_account_that_another_body_holds(life: Life, holder: str) -> None:
    """Each of these was paid (rules 3.1). The holder is compared when the agreement is signed, not first at release."""
    await rejected_once(life)
    before = await life.state()
    with pytest.raises(Refused, match=f"is held in another name than {PAYEE}; record another account"):
        await sign_again(life, await recorded(life, holder=holder))
    assert (await life.state()).account == before.account


@pytest.mark.slow
async def test_changed_bank_details_are_not_paid_to_before_they_cooled_off(life: Life) -> None:
    await rejected_once(life)
    started = datetime.now(UTC)
    await sign_again(life, await recorded(life))
    state = await life.state()
    assert state.payable_from is not None
    assert CALENDAR.after(started, DAYS) <= state.payable_from <= CALENDAR.after(datetime.now(UTC), DAYS)
    with pytest.raises(Refused, match=r"FINANCE_APPROVER must approve .* again"):
        await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="the new account is theirs")
    until = f"{state.payable_from:%Y-%m-%d %H:%M} UTC"
    with pytest.raises(Refused, match=f"nothing is paid to them before {until}") as refusal:
        await life.do(c.Release, "paul.nkosi", tranche=1)
    assert refusal.value.kind == "PaymentRefused"
    assert await instructed(life) == [1]


@pytest.mark.slow
async def test_a_bank_that_closes_the_account_is_paid_another_one(life: Life) -> None:
    """The bank says AC04. The new account is begun by one, called back, signed, approved and lifted by others."""
    first = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.bank_says(first, BankStatus.REJECTED, reason="AC04")
    await life.until_tranche(TrancheState.REJECTED)
    with pytest.raises(Refused, match=r"closed \(AC04\); nothing is paid to it .*change-account"):
        await life.do(c.Release, "paul.nkosi", tranche=1)
    change = await begin_change(life.desk, life.reference, another(), RECORDER)
    state = await life.state()
    assert (change.held, state.hold and state.hold.reason) == (
        True,
        f"the bank details change to {change.account.reference}",
    )
    await confirm_account(life.desk, change.account, CALLER, "called the listed number")
    await sign_again(life, change.account)
    await life.do(c.LiftHold, "dora.kim", reason="the new account was called back")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="the new account is theirs")
    with pytest.raises(Refused, match="nothing is paid to them before"):
        await life.do(c.Release, "paul.nkosi", tranche=1)
    assert (await life.state()).account == change.account


@pytest.mark.slow
async def test_a_change_of_account_is_begun_for_what_is_active_and_other(life: Life) -> None:
    await rejected_once(life)
    state = await life.state()
    assert state.account is not None
    own = sample_account("riverbend")
    with pytest.raises(Refused, match=r"is the account of .* already"):
        await begin_change(life.desk, life.reference, own, RECORDER)
    with pytest.raises(Refused, match="holder: 'Library' is not"):
        await begin_change(life.desk, life.reference, another("Library"), RECORDER)
    assert (await life.state()).hold is None


@pytest.mark.slow
async def test_a_release_that_is_dated_after_the_cooling_off_is_not_taken_before_it(life: Life) -> None:
    """The payer herself dates her decision. The organisation's clock dates the release."""
    await rejected_once(life)
    await sign_again(life, await recorded(life))
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="the new account is theirs")
    state = await life.state()
    assert state.payable_from is not None
    release = await life.command(c.Release, "paul.nkosi", tranche=1)
    seen = await life.desk.known_sight(life.reference)
    dated = await life.desk.signed(seen, release.model_copy(update={"at": CALENDAR.after(state.payable_from, 1)}))
    with pytest.raises(Refused):
        await life.send(dated)
    assert await instructed(life) == [1]


@pytest.mark.slow
async def test_the_same_details_need_no_cooling_off(life: Life) -> None:
    await rejected_once(life)
    old = (await life.state()).account
    assert old is not None
    await sign_again(life, old)
    assert (await life.state()).payable_from is None
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(1, 2), BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert await instructed(life) == [1, 2]


@pytest.mark.slow
async def test_the_first_account_of_an_agreement_needs_no_cooling_off(life: Life) -> None:
    await life.approved(proposal(life.reference))
    await sign_again(life, await recorded(life))
    assert (await life.state()).payable_from is None
    assert (await life.do(c.Release, "paul.nkosi", tranche=1)).what == ("TrancheReleased",)


# C18: revoked between the first tranche and the second


async def post_a_revocation(life: Life, folder: Path) -> None:
    """A new list, on which the payee stands."""
    today = datetime.now(UTC).date()
    row = f"001000001|RIVERBEND LIBRARY NETWORK||1 MAIN ST|RIVERBEND|KS|00000-0000|US|03|15-MAY-2026|{today:%d-%b-%Y}|"
    path = folder / "revocation.txt"
    known = (SAMPLE / "registers" / "revocation.txt").read_text("utf-8").rstrip("\n")
    path.write_text(f"{known}\n{row.upper()}\n", "utf-8")
    async with life.desk.pool.acquire() as connection:
        report = await load(connection, "irs-revocation", (path,), today, ARCHIVE, minimum_rows=1)
    assert report.loaded, report


@pytest.mark.slow
async def test_a_payee_that_is_revoked_between_two_tranches_keeps_the_first_and_waits_for_the_second(
    life: Life, tmp_path: Path
) -> None:
    first = await life.released(proposal(life.reference, funds_out=funds_out("600.00", "400.00")))
    await life.bank_says(first, BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await post_a_revocation(life, tmp_path)
    await life.do(c.Release, "paul.nkosi", tranche=2)
    state = await life.until_tranche(TrancheState.WITHHELD, 2)
    assert [tranche.state for tranche in state.tranches] == [TrancheState.SETTLED, TrancheState.WITHHELD]
    assert state.hold is not None
    assert (state.hold.actor, "revoked" in state.hold.reason) == ("accord", True)
    query = "SELECT tranche FROM payments.instructions WHERE partnership_id = $1"
    assert [row["tranche"] for row in await life.desk.pool.fetch(query, life.reference)] == [1]
    with pytest.raises(Refused, match="on hold"):
        await life.do(c.Release, "paul.nkosi", tranche=2)
    await life.until_quiet()
    await life.do(c.LiftHold, "dora.kim", reason="asked the payee")
    await life.do(c.Release, "paul.nkosi", tranche=2)
    again = await life.until(lambda known: known.tranches[1].attempt == 2 and known.hold is not None)
    assert again.tranches[1].state is TrancheState.WITHHELD
    assert again.paid_or_in_flight == 600


# A payee that is renamed between two tranches (rules 4.4)


async def rename_in_the_registers(life: Life, folder: Path) -> None:
    """New lists, on both of which the payee has another name."""
    today = datetime.now(UTC).date()
    for register, name in (("irs-bmf", "bmf.csv"), ("irs-pub78", "pub78.txt")):
        listed = (SAMPLE / "registers" / name).read_text("utf-8")
        path = folder / name
        path.write_text(re.sub("Riverbend Library Network", "Harbor Readers Union", listed, flags=re.I), "utf-8")
        async with life.desk.pool.acquire() as connection:
            report = await load(connection, register, (path,), today, ARCHIVE, minimum_rows=1)
        assert report.loaded, report


@pytest.mark.slow
async def test_a_grantee_that_is_renamed_is_asked_about_once_and_paid_the_rest(life: Life, tmp_path: Path) -> None:
    """Before, it was held, lifted and withheld again for ever."""
    legs = {"funds_out": funds_out("600.00", "400.00", final_report=False)}
    await life.bank_says(await life.released(proposal(life.reference, **legs)), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await rename_in_the_registers(life, tmp_path)
    await life.do(c.Release, "paul.nkosi", tranche=2)
    await life.until_tranche(TrancheState.WITHHELD, 2)
    asked = (await life.until(lambda known: bool(known.asked_since))).asked_since
    assert [one.partition(":")[0] for one in asked] == ["ELIG-NAME"]
    content = {"questions": asked, "reason": "renamed on 3 March, certificate of amendment seen"}
    with pytest.raises(Refused, match="a name that changed is proved by a paper"):
        await life.do(c.ClearQuestions, "vera.lind", no_interest=True, **content)
    await life.do(c.ClearQuestions, "vera.lind", no_interest=True, **content, document_sha256="ab" * 32)
    await life.do(c.LiftHold, "dora.kim", reason="the certificate is on file")
    await life.do(c.Release, "paul.nkosi", tranche=2)
    await life.bank_says(await life.instructed(2, 2), BankStatus.SETTLED)
    state = await life.until_stage(Stage.CLOSED)
    assert state.paid_or_in_flight == 1000


# An amendment that the rules refuse (rules 3.8)


@pytest.mark.slow
async def test_an_amendment_to_a_company_is_refused_and_the_agreed_grant_is_paid(life: Life) -> None:
    legs = {"funds_out": funds_out("1000.00", final_report=False)}
    await life.signed(proposal(life.reference, **legs))
    before = await life.state()
    mistaken = proposal(life.reference, funds_out=funds_out("1000.00", payee=company(), final_report=False))
    with pytest.raises(Refused, match=r"money may go only to a non-profit .* stays as it was agreed") as refusal:
        await life.do(c.Amend, "pia.berg", proposal=mistaken, reason="a mistake")
    assert refusal.value.kind == "AmendmentRefused"
    after = await life.state()
    assert (after.stage, after.approvals, after.proposal) == (before.stage, before.approvals, before.proposal)
    assert "CommandRefused" in await life.told()
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


@pytest.mark.slow
async def test_an_amendment_is_judged_by_the_rules_of_today_and_not_by_those_of_its_runs_version(life: Life) -> None:
    """Given an agreed grant, when it is amended, then the queue of the rules is asked."""
    await life.signed(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    more = proposal(life.reference, funds_out=funds_out("1200.00", final_report=False))
    await life.do(c.Amend, "pia.berg", proposal=more, reason="more is needed")
    asked = [
        one.activity_task_scheduled_event_attributes
        for one in (await life.handle.fetch_history()).events
        if one.HasField("activity_task_scheduled_event_attributes")
    ]
    judged = [one.task_queue.name for one in asked if one.activity_type.name == "judge_amendment"]
    assert judged == [RULES_QUEUE]


@pytest.mark.slow
async def test_an_amendment_to_another_charity_begins_the_case_anew(life: Life) -> None:
    await life.signed(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    other = party("Springfield Bridges, Bytes and Books", ein="001000010")
    content = proposal(life.reference, funds_out=funds_out("1000.00", payee=other, final_report=False))
    await life.do(c.Amend, "pia.berg", proposal=content, reason="they take it over")
    state = await life.until(lambda known: known.assessment is not None)
    assert (state.approvals, state.account, state.proposed.funds_out) == ((), None, content.funds_out)


# C35: an approver's brother works there


@pytest.mark.slow
async def test_an_approver_with_an_interest_takes_no_part_and_another_approves(life: Life) -> None:
    await hire(life.desk, "rosa.lim", Role.PROGRAMME_APPROVER)
    await life.awaiting_approval(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    interest = Interest(person="ana.silva", what="her brother works there")
    await life.do(c.DeclareInterest, "ana.silva", interest=interest)
    state = await life.until(lambda known: known.assessment is not None and known.approvals == ())
    if state.stage is Stage.ELIGIBILITY:
        await life.do(c.Approve, "vera.lind", no_interest=True, reason="she takes no part")
    with pytest.raises(Refused, match=r"ana\.silva has a declared interest .* and is recused"):
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="all the same")
    await life.do(c.Approve, "rosa.lim", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    if (await life.state()).missing_approvals:
        await life.do(c.Approve, "dora.kim", no_interest=True, reason="the risk is known")
    await paid_and_closed_with_minutes(life)


@pytest.mark.slow
async def test_an_interest_that_comes_out_after_the_agreement_asks_for_another_approval(life: Life) -> None:
    await hire(life.desk, "rosa.lim", Role.PROGRAMME_APPROVER)
    await life.signed(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    interest = Interest(person="ana.silva", what="her brother works there")
    await life.do(c.DeclareInterest, "dora.kim", interest=interest)
    with pytest.raises(Refused, match=r"PROGRAMME_APPROVER must approve .* again"):
        await life.do(c.Release, "paul.nkosi", tranche=1)
    with pytest.raises(Refused, match="recused"):
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="all the same")
    await life.do(c.Approve, "rosa.lim", no_interest=True, reason="fits the programme")
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await paid_and_closed_with_minutes(life)


@pytest.mark.slow
async def test_an_interest_of_another_is_not_declared_by_just_anybody(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    interest = Interest(person="ana.silva", what="her brother works there")
    with pytest.raises(Refused, match="may not declare interest"):
        await life.do(c.DeclareInterest, "paul.nkosi", interest=interest)
    assert (await life.state()).interests == ()


async def paid_and_closed_with_minutes(life: Life) -> None:
    """Pay it past the third gate. It closes only once the minutes are on file."""
    state = await life.state()
    if state.stage is Stage.AGREEMENT:
        await sign_again(life, await life.account(PAYEE))
        await life.do(c.Release, "paul.nkosi", tranche=1)
    tranche = await life.instructed()
    made = await export(life.desk, PAYER)
    assert (made.waiting, made.voided, len(made.files)) == ((), (), 1)
    await life.hand_over(made.files[0].file.message_id)
    await life.bank_says(tranche, BankStatus.SETTLED)
    settled = await life.until_tranche(TrancheState.SETTLED)
    assert (settled.stage, settled.open_conditions()) == (Stage.ACTIVE, (ConditionId.CONFLICT_MINUTES,))
    await life.do(c.Satisfy, "vera.lind", condition=ConditionId.CONFLICT_MINUTES, note="minutes of 3 November")
    await life.until_stage(Stage.CLOSED)


NewReference = Callable[[], str]


@pytest.mark.slow
async def test_what_the_gate_lets_through_is_what_the_office_paid(life: Life, new_reference: NewReference) -> None:
    """Lives as they are led, not as a test writes them: the third gate finds nothing against them."""
    lives = [life, Life(life.desk, new_reference())]
    for one in lives:
        await one.released(proposal(one.reference))
    made = await export(life.desk, PAYER)
    assert (made.waiting, sum(len(file.payments) for file in made.files)) == ((), 2)
