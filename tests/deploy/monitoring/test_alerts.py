"""Each alert fires on what is scraped from a worker in its state, and on nothing of a healthy one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from temporalio.client import Client, WorkflowHandle

from accord.client.desk import Desk
from accord.operations.attesting import gathering
from accord.operations.attesting.attesting import Signing
from accord.operations.attesting.log import AttestationLog
from accord.operations.attesting.nightly import MEASURES as ATTESTED
from accord.operations.attesting.nightly import Attester
from accord.operations.door.examining import Examiner
from accord.operations.door.serving import GAUGES as DOOR_GAUGES
from accord.operations.door.serving import ExaminerProcess
from accord.operations.drill_notes import DrillCertificate, keep_certificate
from accord.operations.keeping_proofs import KEPT, ProofKeeper
from accord.operations.measuring import EACH, GAUGES, WHEN, Measurements
from accord.operations.processes.standing import UP, attended
from accord.operations.shadow.nightly import MEASURES as SHADOWED
from accord.operations.shadow.nightly import NightlyShadow, ShadowFolders
from accord.operations.webhooks.enrolling import enrol
from accord.operations.webhooks.measures import GAUGES as ENDPOINT_GAUGES
from accord.operations.webhooks.measures import EndpointMeasures
from accord.operations.webhooks.sender import Sender
from accord.organisation.governance import change_directory, confirm_change
from accord.post.postman import GAUGES as MAIL_GAUGES
from accord.post.postman import Postman
from activities.telling import APPENDS, DECISIONS, HOLDS, WITHHELD
from deploy.connections import connect_temporal, runtime
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.monitoring import dashboards
from deploy.payloads.keys import FILE, PayloadKey, PayloadKeys
from deploy.processes.table import ALERTS, PROCESSES
from domain.attestation.readings import Posted, PostingsReading
from domain.directory.people import HouseRulesSet, KeyRevoked, StaffLeft
from domain.directory.sealing import change_statement
from domain.partnership import commands as c
from domain.recorded.acts import confirmation_id
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import AppendRequest, NewEvent, clock
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SIGNATURE, SigningKey
from ledger.proof.stored_tree import StoredTree
from papers.keeping import Papers
from papers.quarantine import Quarantine
from papers.store import Store
from records.keys.keyring import Keyring
from records.submissions.seals import seal_submissions
from tests.accord.counter.files import booked, imports, told_now
from tests.accord.operations.attesting import sources
from tests.accord.operations.shadow.exports import folders_with, lay_export
from tests.accord.operations.test_paused import pause
from tests.accord.post.servers import settings
from tests.accord.presentation.test_directory_words import LEDGER_ENDPOINT
from tests.activities.funding import FIRST, SECOND, approved, grant, two_funds
from tests.builders import funds_out, proposal
from tests.conftest import working_apart
from tests.deploy.monitoring.prometheus import METRIC, Samples, fired, fires, scrape
from tests.deploy.monitoring.rules import OF_SPEED, RULES
from tests.doors import entered, handed_in, link_to
from tests.governing import decree
from tests.ledger.proof import LOG
from tests.lives import Life, until_shown
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import entry
from tests.rates import in_dollars
from tests.servers import temporal_apart
from tests.treasury import change
from tests.waiting import BACKSTOP, until
from tests.workflows.misfortune.test_ledger_behind import forget
from workflows.options import TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow


@dataclass
class World:
    """An organisation whose worker exports metrics."""

    desk: Desk
    address: str
    folder: Path
    reference: str

    async def measured(self) -> Samples:
        """Its worker's exports, once it has measured."""
        await Measurements(self.desk, runtime(self.address).metric_meter).once()
        return await scrape(self.address)

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Life]:
        """A partnership that waits for approval, with a worker and read models."""
        async with working_apart(self.desk.temporal, self.desk.pool):
            led = Life(self.desk, self.reference)
            await led.awaiting_approval(proposal(self.reference))
            await until_shown(self.desk)
            yield led


@pytest.fixture
async def world(furnished_pool: asyncpg.Pool, keyring: Keyring, reference: str, tmp_path: Path) -> AsyncIterator[World]:
    """An organisation on a server of its own, without a worker."""
    address = f"{LOOPBACK}:{free_port()}"
    async with temporal_apart(address, "frontend.WorkflowPauseEnabled=true") as client:
        made = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
        yield World(made, address, tmp_path, reference)


async def seen(world: World, alert: str) -> None:
    """Wait for an alert to fire. By the earlier scrape alone, it does not."""
    before, expr = await scrape(world.address), RULES[alert]["expr"]

    async def fired() -> bool:
        return fires(expr, before, await world.measured())

    await until(fired)


async def stopped(world: World) -> None:
    async with world.life() as life, world.desk.pool.acquire() as connection:
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
        await forget(life, 1, connection)  # type: ignore[arg-type]
        await life.handle.signal("catch_up")
        await seen(world, "AccordPartnershipStopped")


async def ahead(world: World) -> None:
    async with world.life() as life, world.desk.pool.acquire() as connection:
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
        await forget(life, 1, connection)  # type: ignore[arg-type]
        await seen(world, "AccordWorkflowAheadOfLedger")


async def missing(world: World) -> None:
    async with world.life() as life:
        await life.handle.terminate("a drill")
        await seen(world, "AccordPartnershipWithoutWorkflow")


async def paused(world: World) -> None:
    async with world.life() as life:
        await pause(world.desk.temporal, life.handle.id)
        await seen(world, "AccordWorkflowPaused")


async def unjudged(world: World) -> None:
    """A guardian's confirmation of a change can be read by nobody: it may be that somebody left by it."""
    desk, leaves = world.desk, (StaffLeft(staff_id="vera.lind"),)
    changed = await change_directory(desk, leaves, "dora.kim")
    assert changed.change_id is not None
    said = change_statement("confirm_directory", "otto.audit", clock.now(), changed.change_id, leaves)
    content = {"signature": (await desk.sign(said)).model_dump(mode="json"), "rubbish": 1}
    version = len(await desk.ledger.read_stream(DIRECTORY_STREAM))
    unreadable = NewEvent.of("DirectoryChangeConfirmed", 1, content, {})
    command_id = confirmation_id(changed.change_id, "otto.audit")
    answer = await desk.ledger.append(AppendRequest(StreamId(DIRECTORY_STREAM), command_id, version, (unreadable,)))
    assert answer.recorded
    await seen(world, "AccordDirectoryUnjudged")


async def old_lists(world: World) -> None:
    """No projector has folded anything here."""
    later = clock.now() + timedelta(minutes=5)
    with pytest.MonkeyPatch.context() as moved:
        moved.setattr(clock, "now", lambda: later)
        await seen(world, "AccordReadModelsOld")


async def late_rescreening(world: World) -> None:
    """A re-screening completed, and none has since."""
    async with world.life():
        await world.desk.temporal.execute_workflow(RescreeningWorkflow.run, id="rescreening", task_queue=TASK_QUEUE)
        await world.measured()
        later = clock.now() + timedelta(hours=2)
        with pytest.MonkeyPatch.context() as moved:
            moved.setattr(clock, "now", lambda: later)
            await seen(world, "AccordRescreeningLate")


async def old_register(world: World) -> None:
    with pytest.MonkeyPatch.context() as moved:
        moved.setattr(clock, "today", lambda: date.today() + timedelta(days=3650))  # noqa: DTZ011
        await seen(world, "AccordRegisterTooOldSoon")


async def old_rates(world: World) -> None:
    """An organisation that counts in dollars, and no reference rates came."""
    await decree(world.desk, HouseRulesSet(rules=in_dollars()))
    await world.desk.pool.execute("UPDATE registers.versions SET state = 'SUPERSEDED' WHERE register = 'ecb-rates'")
    await seen(world, "AccordReferenceRatesOld")


async def silent_bank(world: World) -> None:
    term = "array_to_tsvector(array_append(tsvector_to_array(terms), 'status:UNKNOWN'))"
    async with working_apart(world.desk.temporal, world.desk.pool):
        life = Life(world.desk, world.reference)
        await life.released(proposal(world.reference, funds_out=funds_out("1000.00")))
        await until_shown(world.desk)
        await world.desk.pool.execute(f"UPDATE projection.lines SET terms = {term} WHERE list = 'payments'")
        await seen(world, "AccordBankSilent")


async def exception(world: World) -> None:
    found = await imports(world.desk, told_now(booked("NOBODYS-PAYMENT")))
    assert found.for_a_person
    await seen(world, "AccordExceptionOpen")


async def missing_statement(world: World) -> None:
    for number, days in ((12, 3), (14, 1)):
        day = clock.today() - timedelta(days=days)
        await imports(world.desk, message(statement("0.00", "0.00", on=day, number=number), name=f"BANK-{number}"))
    await seen(world, "AccordStatementMissing")


async def open_entry(world: World) -> None:
    """A debit that nothing explains, for six days."""
    day = clock.today() - timedelta(days=6)
    paid = entry("NOBODYS", "600.00", booked=f"<Dt>{day}</Dt>")
    await imports(world.desk, message(statement("1000.00", "400.00", paid, on=day)))
    await seen(world, "AccordEntryOpen")


async def uncovered_fund(world: World) -> None:
    """A fund promised what another gave to it, and that transfer does not count any more."""
    await two_funds(world.desk, second="")
    before = clock.now()
    await change(world.desk, FIRST, {"kind": "transfer", "to": SECOND, "amount": "100.00"})
    await approved(world.desk, grant(world.reference, SECOND, amounts=("60.00",)))
    key_id = world.desk.keyring.public("femi.ade").key_id
    await decree(world.desk, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=before))
    await seen(world, "AccordFundUncovered")


MAILED: Final = """
INSERT INTO post.outbox (id, kind, recipient, facts, state, queued_at)
VALUES (gen_random_uuid(), 'DIGEST', 'staff/paul.nkosi', '{"day": "2026-12-01"}', $1, ledger.now() - interval '3 hours')
"""


async def mailed(world: World) -> Samples:
    """The exports of a process of mail that has measured."""
    postman = Postman(world.desk.pool, settings(free_port()), runtime(world.address).metric_meter)
    async with postman.working() as connection:
        await postman._measure(connection)
    return await scrape(world.address)


async def waiting_mail(world: World) -> None:
    before = await mailed(world)
    await world.desk.pool.execute(MAILED, "QUEUED")
    assert fires(RULES["AccordMailWaits"]["expr"], before, await mailed(world))
    assert not fires(RULES["AccordMailWaits"]["expr"], before, before)


async def refused_mail(world: World) -> None:
    before = await mailed(world)
    await world.desk.pool.execute(MAILED, "REFUSED")
    assert fires(RULES["AccordMailForPeople"]["expr"], before, await mailed(world))
    assert not fires(RULES["AccordMailForPeople"]["expr"], before, before)


async def webhooked(world: World, waits: tuple[float, ...]) -> tuple[Sender, asyncio.Task[None]]:
    """A process of webhooks with an endpoint at which nobody answers, and with something for it to hear."""
    head, meter = await world.desk.ledger.head(), runtime(world.address).metric_meter
    keys = PayloadKeys((PayloadKey(bytes(32), clock.now()),))
    proposal = await enrol(
        world.desk, keys, "dora.kim",
        {
            "name": f"e-{head}", "url": "http://127.0.0.1:1/", "hears": ("directory",), "after": head,
            "last_day": clock.today(),
        },
    )  # fmt: skip
    assert proposal.change.change_id is not None
    await confirm_change(world.desk, proposal.change.change_id, "otto.audit")
    sender = Sender(world.desk.pool, keys, frozenset({"127.0.0.1"}), meter, waits=waits)
    return sender, asyncio.create_task(sender.forever())


async def stopped_endpoint(world: World) -> None:
    """An endpoint that took nothing, however often it was tried."""
    _, task = await webhooked(world, ())
    rule = RULES["AccordWebhookStopped"]["expr"]

    async def is_told() -> bool:
        samples = await scrape(world.address)
        return fires(rule, samples, samples)

    await until(is_told)
    task.cancel()


async def waiting_endpoint(world: World) -> None:
    """An endpoint that took nothing for three hours, and is tried again."""
    _, task = await webhooked(world, (0.01,) * 1000)
    rule, later = RULES["AccordWebhookWaits"]["expr"], clock.now() + timedelta(hours=3)

    async def is_told() -> bool:
        samples = await scrape(world.address)
        return fires(rule, samples, samples)

    assert not await is_told()
    task.cancel()
    with clock.reading(lambda: later):
        _, task = await webhooked(world, (0.01,) * 1000)
        await until(is_told)
    task.cancel()


async def late_seal(world: World) -> None:
    """A grantee handed something in, and for two hours no worker sealed it."""
    await handed_in(world.desk.pool, await link_to(world.desk.pool, "P-2026-0042"))
    before, expr, later = await world.measured(), RULES["AccordSealLate"]["expr"], clock.now() + timedelta(hours=2)
    with pytest.MonkeyPatch.context() as moved:
        moved.setattr(clock, "now", lambda: later)
        assert fires(expr, before, await world.measured())
    await seal_submissions(world.desk.ledger, world.desk.pool)
    assert not fires(expr, before, await world.measured())


async def waiting_papers(world: World) -> None:
    secret = await link_to(world.desk.pool, "P-2026-9871")
    link, form = await entered(world.desk.pool, secret)
    paper = await link.begin_paper(form, "papers", "report.pdf", 6)
    assert paper is not None
    await link.add_part(paper, 0, 6, "0-ab")
    assert await link.finish_paper(paper, "ab" * 32, 6)
    before = await examined(world)
    await world.desk.pool.execute("UPDATE grantee.papers SET touched_at = touched_at - interval '1 hour'")
    assert fires(RULES["AccordDoorPapersWait"]["expr"], before, await examined(world))
    assert not fires(RULES["AccordDoorPapersWait"]["expr"], before, before)


async def examined(world: World) -> Samples:
    """The exports of an examiner that has measured."""
    quarantine, papers = Quarantine(Store(str(world.folder))), Papers(world.desk.pool, Store(str(world.folder)))
    examiner = Examiner(world.desk.pool, quarantine, papers)
    await ExaminerProcess(world.desk.pool, examiner, runtime(world.address).metric_meter).measure()
    return await scrape(world.address)


async def waiting_queue(world: World) -> None:
    await world.desk.temporal.start_workflow(
        "Partnership", {"partnership_id": world.reference}, id=f"partnership/{world.reference}", task_queue=TASK_QUEUE
    )
    try:
        await seen(world, "AccordQueueWaits")
    finally:
        await world.desk.temporal.get_workflow_handle(f"partnership/{world.reference}").terminate("a drill")


async def failing_task(world: World) -> None:
    PayloadKeys((PayloadKey.make(),)).write(world.folder / FILE)
    target = world.desk.temporal.service_client.config.target_host
    stranger: Client = await connect_temporal(target, secrets=world.folder)
    await stranger.start_workflow(
        "Partnership", {"partnership_id": world.reference}, id=f"partnership/{world.reference}", task_queue=TASK_QUEUE
    )
    async with working_apart(world.desk.temporal, world.desk.pool):
        await seen(world, "AccordWorkflowTaskFails")
        await stranger.get_workflow_handle(f"partnership/{world.reference}").terminate("a drill")


HELD_UP: Final = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                AND clock_timestamp() - query_start > interval '600 milliseconds')
"""
"""Whether an append has waited for longer than the half second that the alert allows."""


async def slow_append(world: World) -> None:
    async with world.life() as life:
        before = await scrape(world.address)
        async with world.desk.pool.acquire() as connection, connection.transaction():
            await connection.execute("LOCK TABLE ledger.append_lock IN EXCLUSIVE MODE")
            deciding = asyncio.create_task(life.do(c.Approve, "ana.silva", no_interest=True, reason="it fits"))
            await until(lambda: world.desk.pool.fetchval(HELD_UP))
        await deciding
        after = await scrape(world.address)
        assert fires(RULES["AccordAppendsBurnFast"]["expr"], before, after)
        assert fires(RULES["AccordAppendsBurnSlow"]["expr"], before, after)


LATE: Final = 25
"""More than the floor of traffic below which a late task wakes nobody."""


async def late_tasks(world: World) -> None:
    """Tasks have waited for a second and more when a worker comes. A few of them wake nobody, and many do."""
    before = await scrape(world.address)
    few = [await _waiting(world, number) for number in range(3)]
    expressions = [RULES[alert]["expr"] for alert in ("AccordTasksBurnFast", "AccordTasksBurnSlow")]
    async with working_apart(world.desk.temporal, world.desk.pool):
        await until(lambda: _counts(world, before, len(few)))
        assert not any([await _fires_now(expr, before, world) for expr in expressions])
    many = [await _waiting(world, number) for number in range(3, LATE)]
    async with working_apart(world.desk.temporal, world.desk.pool):
        for expr in expressions:
            await until(lambda expr=expr: _fires_now(expr, before, world))
        for handle in (*few, *many):
            await handle.terminate("a drill")


async def _waiting(world: World, number: int) -> WorkflowHandle[Any, Any]:
    """A workflow whose first task has waited for two seconds, and no worker is there."""
    reference = f"{world.reference}-{number}"
    handle = await world.desk.temporal.start_workflow(
        "Partnership", {"partnership_id": reference}, id=f"partnership/{reference}", task_queue=TASK_QUEUE
    )

    async def waits() -> bool:
        return clock.now() - (await handle.describe()).start_time > timedelta(seconds=2)

    await until(waits)
    return handle


async def _counts(world: World, before: Samples, least: int) -> bool:
    """True once the worker counted so many tasks since then."""
    name = "temporal_workflow_task_schedule_to_start_latency_count"
    after, then = (
        sum(one.value for one in samples if one.name == name) for samples in (await scrape(world.address), before)
    )
    return after - then >= least


async def _fires_now(expr: str, before: Samples, world: World) -> bool:
    return fires(expr, before, await scrape(world.address))


async def unmeasured(world: World) -> None:
    """A worker works, and what it rests on was away since it started."""
    async with working_apart(world.desk.temporal, world.desk.pool):
        assert fires(RULES["AccordNotMeasured"]["expr"], [], await scrape(world.address))
        assert not fires(RULES["AccordNotMeasured"]["expr"], [], await world.measured())


async def measured_long_ago(world: World) -> None:
    """A worker measured, and could not for a quarter of an hour since."""
    async with working_apart(world.desk.temporal, world.desk.pool):
        samples, expr = await world.measured(), RULES["AccordMeasuredLongAgo"]["expr"]
        assert not fires(expr, samples, samples)
        assert fires(expr, samples, samples, (clock.now() + timedelta(minutes=15)).timestamp())


@asynccontextmanager
async def every_process(world: World, missing: str = "") -> AsyncIterator[None]:
    """Every process of the table stands and is ready, but for one of them."""

    async def fault() -> str:
        return "not reached yet"

    async with AsyncExitStack() as standing:
        for process in PROCESSES:
            checks = {"database": fault} if process.name == missing else {}
            await standing.enter_async_context(attended(process.name, checks, metrics_at=world.address))
        await until(lambda: _exports(world, UP, len(PROCESSES)))
        yield


async def _exports(world: World, name: str, count: int) -> bool:
    return [one.name for one in await scrape(world.address)].count(name) == count


async def gone(world: World, urgency: str) -> None:
    """Each process in turn is not ready, and then gone, after all of them were there."""
    expr = RULES[ALERTS[urgency]]["expr"]
    async with every_process(world):
        before = await scrape(world.address)
    assert not fired(expr, before, before)
    for process in PROCESSES:
        about = {frozenset({("installation", "accord"), ("process", process.name)})}
        unready = [one._replace(value=0.0) if one.labels.get("process") == process.name else one for one in before]
        without = [one for one in before if one.labels.get("process") != process.name]
        expected = about if process.urgency == urgency else set()
        assert set(fired(expr, before, unready)) == set(fired(expr, before, without)) == expected


async def process_gone(world: World) -> None:
    await gone(world, "ticket")


async def people_wait(world: World) -> None:
    await gone(world, "page")


async def old_checkpoint(world: World) -> None:
    """The signer signed, and for three hours could not."""
    samples, expr = await signed(world), RULES["AccordCheckpointOld"]["expr"]
    assert not fires(expr, samples, samples)
    assert fires(expr, samples, samples, (clock.now() + timedelta(hours=3)).timestamp())


async def old_backup(world: World) -> None:
    """A backup ended, and for more than a day none did. Where none is known the alert fires, too."""
    expr = RULES["AccordBackupOld"]["expr"]
    assert fires(expr, [], await signed(world))
    (world.folder / "backup_manifest").write_text("{}")
    samples = await signed(world, str(world.folder))
    assert not fires(expr, samples, samples)
    assert fires(expr, samples, samples, (clock.now() + timedelta(hours=27)).timestamp())


async def old_drill(world: World) -> None:
    """A drill held, and for a hundred days none did. Where none is known the alert fires, too, or where one broke."""
    expr = RULES["AccordDrillOld"]["expr"]
    assert fires(expr, [], await signed(world))
    assert fires(expr, [], await signed(world, drill=drill_of(broken=1)))
    samples = await signed(world, drill=drill_of())
    assert not fires(expr, samples, samples)
    assert fires(expr, samples, samples, (clock.now() + timedelta(days=101)).timestamp())


async def old_attestation(world: World) -> None:
    """A line was signed, and for 27 hours none was. Where there is none the alert fires, too."""
    expr = RULES["AccordAttestationOld"]["expr"]
    assert fires(expr, [], await attested(world))
    await checkpointed(world)
    samples = await attested(world)
    assert not fires(expr, samples, samples)
    assert fires(expr, samples, samples, (clock.now() + timedelta(hours=27)).timestamp())


async def differing_attestation(world: World) -> None:
    """Nothing differs, and then a posting is missing from the book."""
    expr = RULES["AccordAttestationDiffers"]["expr"]
    await checkpointed(world)
    samples = await attested(world)
    assert not fires(expr, samples, samples)
    stray = Posted("ISOC", "USD", clock.today() - timedelta(days=1), Decimal("0.01"), world.reference)
    reading = PostingsReading((stray,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "read_postings", partial(_said, reading))
        assert fires(expr, samples, await attested(world))


async def _said(reading: PostingsReading, *_: object) -> PostingsReading:
    return reading


async def checkpointed(world: World) -> None:
    await sign_checkpoint(StoredTree(world.desk.ledger), CheckpointFolder(world.folder / "attested"), LOG)


async def attested(world: World) -> Samples:
    """The exports of an attester that looked once."""
    folder = world.folder / "attested"
    signing = Signing(LOG, (), CheckpointFolder(folder))
    log = AttestationLog(folder, signing.keys)
    await Attester(sources(world.desk), signing, log, runtime(world.address).metric_meter).once()
    return await scrape(world.address)


async def old_export(world: World) -> None:
    """An export was judged, and for five days none was. Where there is none the alert fires, too."""
    expr = RULES["AccordShadowExportOld"]["expr"]
    folders = folders_with(world.folder / "shadow", days=())
    assert fires(expr, [], await shadowed(world, folders))
    lay_export(folders, clock.today())
    samples = await shadowed(world, folders)
    assert not fires(expr, samples, samples)
    assert fires(expr, samples, samples, (clock.now() + timedelta(days=5)).timestamp())


async def incomplete_export(world: World) -> None:
    """An export is whole, and then one lacks a column, and a later one a file."""
    expr = RULES["AccordShadowExportIncomplete"]["expr"]
    folders = folders_with(world.folder / "shadow", days=(clock.today() - timedelta(days=1),))
    samples = await shadowed(world, folders)
    assert not fires(expr, samples, samples)
    lay_export(folders, clock.today(), payments=("Paid by", "Payer"))
    assert fires(expr, samples, await shadowed(world, folders))
    (folders.exports / clock.today().isoformat() / "payments.csv").unlink()
    assert fires(expr, samples, await shadowed(world, folders))


async def shadowed(world: World, folders: ShadowFolders) -> Samples:
    """The exports of a process beside another system that looked once."""
    await NightlyShadow(world.desk.pool, folders, LOG, runtime(world.address).metric_meter).once()
    return await scrape(world.address)


def drill_of(broken: int = 0) -> DrillCertificate:
    """The certificate of a drill of today."""
    return DrillCertificate("restore", clock.now(), 12, 1.5, broken)


async def signed(world: World, backups: str = "", drill: DrillCertificate | None = None) -> Samples:
    """The exports of a signer that looked once."""
    key, meter = SigningKey.make("ledger.example.org", SIGNATURE), runtime(world.address).metric_meter
    folder = world.folder / f"checkpoints-{len(list(world.folder.iterdir()))}"
    if drill is not None:
        keep_certificate(folder, drill, key)
    await ProofKeeper(world.desk.pool, folder, key, meter, backups).once()
    return await scrape(world.address)


STATES: Final[dict[str, Callable[[World], Awaitable[None]]]] = {
    "AccordNotMeasured": unmeasured,
    "AccordMeasuredLongAgo": measured_long_ago,
    "AccordPeopleWait": people_wait,
    "AccordProcessGone": process_gone,
    "AccordCheckpointOld": old_checkpoint,
    "AccordBackupOld": old_backup,
    "AccordDrillOld": old_drill,
    "AccordAttestationOld": old_attestation,
    "AccordAttestationDiffers": differing_attestation,
    "AccordShadowExportOld": old_export,
    "AccordShadowExportIncomplete": incomplete_export,
    "AccordPartnershipStopped": stopped,
    "AccordWorkflowAheadOfLedger": ahead,
    "AccordPartnershipWithoutWorkflow": missing,
    "AccordWorkflowPaused": paused,
    "AccordDirectoryUnjudged": unjudged,
    "AccordReadModelsOld": old_lists,
    "AccordRescreeningLate": late_rescreening,
    "AccordRegisterTooOldSoon": old_register,
    "AccordReferenceRatesOld": old_rates,
    "AccordBankSilent": silent_bank,
    "AccordExceptionOpen": exception,
    "AccordStatementMissing": missing_statement,
    "AccordEntryOpen": open_entry,
    "AccordFundUncovered": uncovered_fund,
    "AccordMailWaits": waiting_mail,
    "AccordMailForPeople": refused_mail,
    "AccordWebhookStopped": stopped_endpoint,
    "AccordWebhookWaits": waiting_endpoint,
    "AccordSealLate": late_seal,
    "AccordDoorPapersWait": waiting_papers,
    "AccordQueueWaits": waiting_queue,
    "AccordWorkflowTaskFails": failing_task,
    "AccordAppendsBurnFast": slow_append,
    "AccordAppendsBurnSlow": slow_append,
    "AccordTasksBurnFast": late_tasks,
    "AccordTasksBurnSlow": late_tasks,
}


@pytest.mark.slow
@pytest.mark.parametrize("state", dict.fromkeys(STATES.values()), ids=lambda state: state.__name__)
async def test_an_alert_fires_in_its_state(world: World, state: Callable[[World], Awaitable[None]]) -> None:
    await state(world)


def test_every_alert_is_brought_about_here() -> None:
    assert set(RULES) == set(STATES)


@pytest.mark.slow
async def test_no_alert_fires_where_all_is_well_and_every_name_is_exported(world: World) -> None:
    """Given a worker that decides and pays, when it is scraped, then no alert fires. Panels ask for existing names."""
    (world.folder / "backup_manifest").write_text("{}")
    async with world.life() as life, every_process(world):
        before = await signed(world, str(world.folder), drill_of())
        await checkpointed(world)
        await attested(world)
        await shadowed(world, folders_with(world.folder / "shadow", days=(clock.today(),)))
        await life.do(c.PlaceHold, "vera.lind", reason="a question to the payee")
        await life.do(c.LiftHold, "dora.kim", reason="answered")
        await until_shown(world.desk)
        await mailed(world)
        EndpointMeasures(runtime(world.address).metric_meter).forget(LEDGER_ENDPOINT)
        await examined(world)
        after = await world.measured()
    assert {name for name, rule in RULES.items() if fires(rule["expr"], before, after)} <= OF_SPEED
    exported = {one.name for one in after}
    ours = {
        *KEPT,
        *ATTESTED,
        *SHADOWED,
        UP,
        *MAIL_GAUGES,
        *ENDPOINT_GAUGES,
        *DOOR_GAUGES,
        *GAUGES,
        *EACH,
        *WHEN,
        DECISIONS,
        HOLDS,
        f"{APPENDS}_bucket",
        f"{APPENDS}_count",
    }
    assert ours <= exported
    rare = {WITHHELD, "temporal_workflow_task_execution_failed"}  # exported once it has happened
    asked = [rule["expr"] for rule in RULES.values()]
    asked += [one.expr for _, panels in dashboards.DASHBOARDS.values() for one in panels]
    assert {name for expr in asked for name in METRIC.findall(expr)} <= exported | rare


def firing(samples: Samples, after: timedelta = timedelta()) -> set[str]:
    """The alerts that fire if nothing else is scraped for so long."""
    now = (clock.now() + after).timestamp()
    return {name for name, rule in RULES.items() if fires(rule["expr"], samples, samples, now)}


def test_an_alert_fires_where_no_worker_exports_anything() -> None:
    """Given no running or reachable worker, then operators are told: no other alert fires then."""
    assert firing([])


@pytest.mark.slow
async def test_an_alert_fires_where_a_worker_exports_and_never_measured(world: World) -> None:
    """Given a worker that cannot measure from its start on, then operators are told of what they do not see."""
    async with working_apart(world.desk.temporal, world.desk.pool):
        samples = await scrape(world.address)
    assert samples
    assert firing(samples)


async def away(*_: object) -> dict[str, int]:
    raise ConnectionError("what it is asked of is away")


@pytest.mark.slow
@pytest.mark.parametrize("part", ["installation_status", "read_numbers", "rescreening_age", "days_left", "backlogs"])
async def test_an_alert_fires_where_measuring_has_failed_for_an_hour(
    world: World, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Given a worker that measured, when any part of measuring fails from then on, then operators are told."""
    async with world.life():
        measured = await world.measured()
        monkeypatch.setattr(f"accord.operations.measuring.{part}", away)
        with pytest.raises(ConnectionError):
            await world.measured()
        after = await scrape(world.address)
    assert firing(measured) <= OF_SPEED
    assert firing(after, timedelta(hours=1)) - OF_SPEED
