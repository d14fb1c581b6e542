"""A change of a register: each touched partnership looks again and stops if it must, and nobody else does anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.demo.sample import SAMPLE, SAMPLE_REGISTERS
from accord.presentation.faults import Refused
from deploy.schedules import ensure_rescreening, trigger_rescreening
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from records.keys.keyring import Keyring
from registers.loading.loader import load, override
from tests.builders import funds_out, party, proposal
from tests.conftest import working_apart
from tests.histories import examine
from tests.lives import Life
from tests.registers.files import ARCHIVE
from tests.servers import temporal_apart
from tests.waiting import BACKSTOP, until
from workflows.options import LISTS, PEOPLE, RULES_QUEUE, TASK_QUEUE
from workflows.rescreening import Rescreened, RescreeningWorkflow

NONE: Mapping[str, str] = {}


@pytest.fixture
async def life(furnished_pool: asyncpg.Pool, keyring: Keyring, client: Client, reference: str) -> AsyncIterator[Life]:
    """A life in an organisation of its own, with registers of its own."""
    desk = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
    async with working_apart(client, furnished_pool):
        led = Life(desk, reference)
        yield led
        await examine(led)


async def rescreen(life: Life) -> Rescreened:
    """A run, as the schedule starts it."""
    return await life.desk.temporal.execute_workflow(
        RescreeningWorkflow.run, id=f"rescreening/{life.reference}", task_queue=TASK_QUEUE
    )


async def publish(
    life: Life, folder: Path, register: str, changed: str, *more: str, instead: str = "", also: Mapping[str, str] = NONE
) -> None:
    """A new version of the sample's register: one of its files with rows added, or with one changed."""
    folder = Path(mkdtemp(dir=folder))
    paths = [folder / name for name in SAMPLE_REGISTERS[register]]
    for path in paths:
        text = (SAMPLE / "registers" / path.name).read_text("utf-8")
        rows = more if path.name == changed else tuple(filter(None, [also.get(path.name, "")]))
        old, _, new = instead.partition(" -> ") if path.name == changed else ("", "", "")
        assert old in text
        path.write_text(with_rows(text.replace(old, new) if old else text, *rows), "utf-8")
    async with life.desk.pool.acquire() as connection:
        today = datetime.now(UTC).date()
        report = await load(connection, register, paths, today, ARCHIVE, minimum_rows=1)
        if report.refused:  # the test before had others on the list, of which so short a one may lose none
            report = await override(connection, report.version, ARCHIVE, "it is the list of this test alone")
    assert report.loaded, report


def with_rows(text: str, *more: str) -> str:
    """A file with rows added, before the mark that OFAC closes its files with."""
    rows, mark, _ = text.partition("\x1a")
    return "\n".join((rows.rstrip("\n"), *more)) + "\n" + mark


def revoked(ein: str = "001000001", posted: str = "") -> str:
    day = posted or f"{datetime.now(UTC):%d-%b-%Y}".upper()
    return f"{ein}|RIVERBEND LIBRARY NETWORK||1 MAIN ST|RIVERBEND|KS|00000-0000|US|03|15-MAY-2026|{day}|"


def listed(name: str) -> str:
    return f'9077,"{name}",-0- ,"SAMPLE",' + "-0- ," * 7 + "-0- "


async def rechecked(life: Life) -> e.RegistersRechecked:
    """The newest of its looks at changed registers."""
    told = [one.event for one in await life.events() if isinstance(one.event, e.RegistersRechecked)]
    return told[-1]


async def until_rechecked(life: Life, times: int = 1) -> e.RegistersRechecked:
    await life.until_told("RegistersRechecked", times)
    return await rechecked(life)


async def test_a_revocation_that_is_posted_between_two_tranches_holds_the_second_and_leaves_the_first(
    life: Life, tmp_path: Path
) -> None:
    """C18."""
    first = await life.released(proposal(life.reference, funds_out=funds_out("600.00", "400.00")))
    await life.bank_says(first, BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await publish(life, tmp_path, "irs-revocation", "revocation.txt", revoked())
    found = await rescreen(life)
    assert found.told == (life.reference,)
    state = await life.until(lambda known: known.hold is not None)
    assert state.hold is not None
    assert (state.hold.actor, "asked again" in state.hold.reason, "revoked" in state.hold.reason) == (
        "accord", True, True,
    )  # fmt: skip
    assert [tranche.state for tranche in state.tranches] == [TrancheState.SETTLED, TrancheState.PLANNED]
    event = await rechecked(life)
    assert event.verification.status is not None
    assert [entry.source.row for entry in event.verification.status.revocations] == [revoked()]
    with pytest.raises(Refused, match="on hold"):
        await life.do(c.Release, "paul.nkosi", tranche=2)


@pytest.mark.slow
async def test_a_body_that_takes_the_payees_name_later_holds_whoever_was_confirmed_by_that_name(
    life: Life, tmp_path: Path
) -> None:
    """Given a signed agreement, when another number is listed under its payee's name, then a person looks."""
    await life.signed(proposal(life.reference))
    codes = "0000,03,3,1000,200501,1,15,000000000,1,01,202412,4,4,01,0,12,1200000,900000,900000,B700,"
    namesake = f"001000901,RIVERBEND LIBRARY NETWORK,,9 ELM ST,DOVER,NH,00000-0000,{codes}"
    await publish(life, tmp_path, "irs-bmf", "bmf.csv", namesake)
    assert (await rescreen(life)).told == (life.reference,)
    held = await life.until(lambda known: known.hold is not None)
    assert held.hold is not None
    assert "EIN 001000901, RIVERBEND LIBRARY NETWORK of DOVER, NH" in held.hold.reason
    assert (await rescreen(life)).told == (), "it has looked at this version"


@pytest.mark.slow
async def test_only_a_person_lifts_the_hold_and_the_same_change_does_not_place_it_again(
    life: Life, tmp_path: Path
) -> None:
    await life.signed(proposal(life.reference))
    await publish(life, tmp_path, "ofac-sdn", "sdn.csv", listed("RIVERBED LIBRARY NETWORK"))
    assert (await rescreen(life)).told == (life.reference,)
    held = await life.until(lambda known: known.hold is not None)
    assert held.hold is not None
    assert "resembles 'RIVERBED LIBRARY NETWORK' of ofac-sdn (entity 9077" in held.hold.reason
    assert (await rescreen(life)).told == (), "it has looked at these versions"
    await life.do(c.LiftHold, "dora.kim", reason="another of a name like it; the list was asked")
    assert (await rescreen(life)).told == ()
    assert (await life.state()).hold is None


@pytest.mark.slow
async def test_a_harmless_change_is_recorded_and_stops_nothing(life: Life, tmp_path: Path) -> None:
    await life.signed(proposal(life.reference))
    change = "RIVERBEND,KS,00000-0000,0000,03,3,1000,200501 -> RIVERBEND,KS,11111-0000,0000,03,3,1000,200501"
    await publish(life, tmp_path, "irs-bmf", "bmf.csv", instead=change)
    assert (await rescreen(life)).told == (life.reference,)
    event = await until_rechecked(life)
    assert event.adverse == ""
    assert event.verification.status is not None
    assert event.verification.status.master_file is not None
    assert "11111-0000" in event.verification.status.master_file.source.row
    state = await life.state()
    assert (state.hold, state.stage) == (None, Stage.ACTIVE)


@pytest.mark.slow
async def test_a_change_that_is_about_others_costs_no_workflow_task(life: Life, tmp_path: Path) -> None:
    await life.signed(proposal(life.reference))
    before = (await life.handle.describe()).history_length
    await publish(life, tmp_path, "irs-revocation", "revocation.txt", revoked("009999999"))
    await publish(life, tmp_path, "ofac-sdn", "sdn.csv", listed("QUARTZ HARBOUR SHIPPING"))
    found = await rescreen(life)
    assert (found.told, found.looked_at) == ((), 1)
    assert (await life.handle.describe()).history_length == before


@pytest.mark.slow
async def test_a_referral_that_waits_is_judged_anew_by_what_the_registers_say_now(life: Life, tmp_path: Path) -> None:
    await life.propose(proposal(life.reference, funds_out=funds_out("1000.00", payee=party(ein="001000099"))))
    referred = await life.until_stage(Stage.ELIGIBILITY)
    assert "was not found" in referred.why
    row = "001000099|Riverbend Library Network|Riverbend|KS|United States|PC"
    await publish(life, tmp_path, "irs-pub78", "pub78.txt", row)
    assert (await rescreen(life)).told == (life.reference,)
    found = await life.until_stage(Stage.APPROVAL)
    assert (found.hold, found.why) == (None, "")


@pytest.mark.slow
async def test_a_partnership_that_ended_is_left_in_peace(life: Life, tmp_path: Path) -> None:
    await life.awaiting_approval(proposal(life.reference))
    await life.do(c.Withdraw, "pia.berg", reason="another funder was found")
    await publish(life, tmp_path, "irs-revocation", "revocation.txt", revoked())
    found = await rescreen(life)
    assert (found.told, found.looked_at) == ((), 0)


@pytest.mark.slow
async def test_who_was_asked_a_question_is_not_woken_since_she_is_verified_anew_with_her_answer(
    life: Life, tmp_path: Path
) -> None:
    await life.awaiting_approval(proposal(life.reference))
    await life.do(c.ReturnForInformation, "vera.lind", question="Which villages?")
    before = (await life.handle.describe()).history_length
    await publish(life, tmp_path, "irs-revocation", "revocation.txt", revoked())
    assert (await rescreen(life)).told == ()
    assert (await life.handle.describe()).history_length == before


@pytest.mark.slow
async def test_another_name_of_somebody_who_is_listed_already_is_news(life: Life, tmp_path: Path) -> None:
    """A row of another file, which says of itself neither who bears the name nor whether that is a person."""
    behind = {"name": "Zorvann Petrakhin", "role": "DIRECTOR", "kind": "INDIVIDUAL"}
    person = '9078,"QUILLMARK, Tovas","individual","SAMPLE",' + "-0- ," * 7 + "-0- "
    await publish(life, tmp_path, "ofac-sdn", "sdn.csv", person)
    await life.signed(proposal(life.reference, partner=party(principals=(behind,))))
    assert (await rescreen(life)).told == ()
    alias = '9078,77,"aka","PETRAKHIN, Zorvan",-0- '
    await publish(life, tmp_path, "ofac-sdn", "sdn.csv", person, also={"alt.csv": alias})
    assert (await rescreen(life)).told == (life.reference,)
    held = await life.until(lambda known: known.hold is not None)
    assert held.hold is not None
    assert "'Zorvann Petrakhin' resembles 'PETRAKHIN, Zorvan' of ofac-sdn (entity 9078)" in held.hold.reason


@pytest.mark.slow
async def test_a_near_name_that_was_let_pass_is_looked_at_again_when_its_entry_says_more(
    life: Life, tmp_path: Path
) -> None:
    near = listed("RIVERBED LIBRARY NETWORK")
    await publish(life, tmp_path, "ofac-sdn", "sdn.csv", near)
    await life.propose(proposal(life.reference))
    await life.until_stage(Stage.ELIGIBILITY)
    await life.do(c.Approve, "vera.lind", no_interest=True, reason="founded forty years apart")
    await life.until_stage(Stage.APPROVAL)
    other = '9077,78,"aka","RIVERBED READERS",-0- '
    await publish(life, tmp_path, "ofac-sdn", "sdn.csv", near, also={"alt.csv": other})
    assert (await rescreen(life)).told == (life.reference,)
    held = await life.until(lambda known: known.hold is not None)
    assert held.hold is not None
    assert "resembles 'RIVERBED LIBRARY NETWORK' of ofac-sdn (entity 9077)" in held.hold.reason


@pytest.mark.slow
async def test_evidence_that_will_soon_be_too_old_is_made_anew_where_something_newer_can_be_asked(
    life: Life,
) -> None:
    await life.awaiting_approval(proposal(life.reference))
    assert (await rescreen(life)).told == ()
    await life.desk.pool.execute(
        "UPDATE registers.versions SET source_date = source_date - 30 WHERE register = 'ofac-sdn'"
    )
    old = Life(life.desk, f"{life.reference}1")
    await old.awaiting_approval(proposal(old.reference))
    assert (await rescreen(life)).told == (), "nothing newer can be asked"
    await life.desk.pool.execute(
        "INSERT INTO registers.confirmations (version, confirmed_on) "
        "SELECT version, current_date FROM registers.versions WHERE register = 'ofac-sdn'"
    )
    assert (await rescreen(life)).told == (old.reference,)
    assert (await until_rechecked(old)).adverse == ""
    assert (await rescreen(life)).told == ()
    await examine(old)


@pytest.mark.slow
async def test_what_was_referred_since_a_register_was_too_old_goes_on_when_it_is_not(
    life: Life,
) -> None:
    await life.desk.pool.execute(
        "UPDATE registers.versions SET source_date = source_date - 40 WHERE register = 'ofac-sdn'"
    )
    await life.propose(proposal(life.reference))
    assert "too old" in (await life.until_stage(Stage.ELIGIBILITY)).why
    await life.desk.pool.execute(
        "INSERT INTO registers.confirmations (version, confirmed_on) "
        "SELECT version, current_date FROM registers.versions WHERE register = 'ofac-sdn'"
    )
    assert (await rescreen(life)).told == (life.reference,)
    assert (await life.until_stage(Stage.APPROVAL)).why == ""


@pytest.mark.slow
async def test_sub_recipients_are_screened_when_they_are_reported_and_not_at_the_next_payment(life: Life) -> None:
    await life.signed(proposal(life.reference))
    lakeside = party("Lakeside School of Networking", ein="001000002")
    harmless = {"party": lakeside, "purpose": "A reading room"}
    await life.do(c.ReportSubrecipients, "pia.berg", subrecipients=[harmless])
    first = await until_rechecked(life)
    assert first.verification.screening.parties[-1] == "Lakeside School of Networking"
    assert [(one.party, one.status.found) for one in first.verification.supported] == [(lakeside.name, True)]
    listed_one = {"party": party("Zorvania Trade Bureau", ein=None), "purpose": "A reading room"}
    await life.do(c.ReportSubrecipients, "pia.berg", subrecipients=[harmless, listed_one])
    held = await life.until(lambda known: known.hold is not None and "9001" in known.hold.reason)
    assert held.hold is not None
    assert "'Zorvania Trade Bureau' is on ofac-sdn" in held.hold.reason


@pytest.mark.slow
async def test_a_sub_recipient_is_looked_up_when_it_is_reported_and_a_revoked_one_holds_the_rest(life: Life) -> None:
    await life.signed(proposal(life.reference))
    revoked = {"party": party("Old Mill Community Net", ein="001000009"), "purpose": "A reading room"}
    await life.do(c.ReportSubrecipients, "pia.berg", subrecipients=[revoked])
    held = await life.until(lambda known: known.hold is not None)
    assert held.hold is not None
    assert "Old Mill Community Net: " in held.hold.reason
    assert "revoked" in held.hold.reason


@pytest.mark.slow
async def test_what_a_list_asks_of_the_rules_is_asked_after_people_and_payments(life: Life) -> None:
    """Given a payee with an account, when registers change, then payee, parties and bank are asked about last."""
    await life.signed(proposal(life.reference))
    asked = len(await priorities(life))
    await life.handle.signal("registers_changed")
    await until_rechecked(life)
    told = await priorities(life)
    assert set(told[:asked]) == {PEOPLE.priority_key}
    assert (len(told) > asked + 1, set(told[asked:])) == (True, {LISTS.priority_key})


async def priorities(life: Life) -> list[int | None]:
    """The priority of each question to the rules, in their order."""
    history = await life.handle.fetch_history()
    tasks = [one.activity_task_scheduled_event_attributes for one in history.events]
    return [one.priority.priority_key for one in tasks if one.task_queue.name == RULES_QUEUE]


@pytest.mark.slow
async def test_each_run_of_its_schedule_ends_whatever_the_run_before_returned(furnished_pool: asyncpg.Pool) -> None:
    """Given the schedule as Accord makes it, when it runs again, then that run ends too, given the last result."""
    async with temporal_apart() as client, working_apart(client, furnished_pool):
        await ensure_rescreening(client)
        for runs in (1, 2):
            assert await trigger_rescreening(client) is None
            await until(lambda runs=runs: have_ended(client, runs))


async def have_ended(client: Client, count: int) -> bool:
    ended = "WorkflowType = 'Rescreening' AND ExecutionStatus = 'Completed'"
    return (await client.count_workflows(ended)).count == count
