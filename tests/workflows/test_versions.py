"""Two versions of workers side by side: what began on one stays there, begins anew on the other, and is paid once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from random import Random
from typing import Any, NamedTuple

import asyncpg
import pytest
from temporalio import activity, workflow
from temporalio.api.enums.v1 import RoutingConfigUpdateState as UpdateState
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from accord.client.desk import Desk
from accord.runs import versions
from accord.runs.open_workflows import count_open
from accord.runs.refreshing_runs import begin_anew
from accord.runs.replaying import replay_open
from activities.contracts import RULES_FORM, AffectedPartnerships
from activities.registers.rescreening import Rescreening
from deploy.build import RULES_DEPLOYMENT
from deploy.connections import connect_temporal
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.payment.bank_answers import BankStatus
from domain.streams import StreamId
from records.keys.keyring import Keyring
from records.opening import open_ledger
from records.read_models.projectors import project
from tests.builders import funds_out, proposal
from tests.lives import Life
from tests.servers import temporal_apart
from tests.waiting import BACKSTOP, until
from worker import make_worker
from workflows.options import RULES_QUEUE, TASK_QUEUE
from workflows.recording import of_the_rules
from workflows.rescreening import Rescreened, RescreeningWorkflow


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client of a server of its own: which version is current is a matter of the whole server."""
    async with temporal_apart() as served:
        yield served


@pytest.fixture
async def desk(furnished_pool: asyncpg.Pool, keyring: Keyring, client: Client) -> AsyncIterator[Desk]:
    """An organisation of its own, with read models and the rules, and no worker of workflows."""
    made = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
    projector = asyncio.create_task(project(open_ledger(furnished_pool)))
    async with make_worker(client, furnished_pool, queues=(RULES_QUEUE,)):
        yield made
    projector.cancel()


@asynccontextmanager
async def version(desk: Desk, build: str) -> AsyncIterator[None]:
    """A worker of a version, which Temporal knows by then."""
    async with make_worker(desk.temporal, desk.pool, build=build, queues=(TASK_QUEUE,)):
        await until(lambda: _known(desk.temporal, build))
        yield


async def _known(client: Client, build: str) -> bool:
    return any(one.build == build for one in await versions.versions(client))


async def current(desk: Desk, build: str) -> None:
    """Make a version current, once its worker polls."""

    await until(lambda: _made_current(desk.temporal, build))


async def _made_current(client: Client, build: str) -> bool:
    with suppress(RPCError):
        await versions.make_current(client, build)
        return True
    return False


async def build_of(client: Client, workflow_id: str) -> str:
    """The version on which a workflow runs, by Temporal itself."""
    described = await client.get_workflow_handle(workflow_id).describe()
    info = described.raw_description.workflow_execution_info.versioning_info
    return str(info.deployment_version.build_id)


def on(desk: Desk, workflow_id: str, build: str) -> Callable[[], Any]:
    async def is_on() -> bool:
        return await build_of(desk.temporal, workflow_id) == build

    return is_on


async def test_what_began_on_a_version_stays_there_until_it_begins_anew(
    desk: Desk, new_reference: Callable[[], str]
) -> None:
    """Given two versions, when the second is current, then what is open moves after its next act, or when told to."""
    first, second, third, quiet = (Life(desk, new_reference()) for _ in range(4))
    async with version(desk, "b1"), version(desk, "b2"):
        await current(desk, "b1")
        await first.awaiting_approval(proposal(first.reference))
        await quiet.awaiting_approval(proposal(quiet.reference))
        assert await build_of(desk.temporal, first.handle.id) == "b1"
        await current(desk, "b2")
        await second.awaiting_approval(proposal(second.reference))
        assert await build_of(desk.temporal, second.handle.id) == "b2"
        await first.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
        await until(on(desk, first.handle.id, "b2"))
        assert await build_of(desk.temporal, quiet.handle.id) == "b1"
        await until(lambda: _is_run_by(desk, "b1", 1))
        assert await begin_anew(desk.temporal, "b1", 50, lambda _: None) == 1
        await until(on(desk, quiet.handle.id, "b2"))
        await until(lambda: _is_run_by(desk, "b1", 0))
        await first.do(c.Approve, "femi.ade", no_interest=True, reason="within the budget")
        assert (await first.until_stage(Stage.AGREEMENT)).stage is Stage.AGREEMENT
        await current(desk, "b1")  # back again
        await third.awaiting_approval(proposal(third.reference))
        assert await build_of(desk.temporal, third.handle.id) == "b1"
        replayed = await replay_open(desk.temporal, 10, Random(1), lambda: None)  # noqa: S311 - the same each time
        assert {one.fault for one in replayed} == {""}


async def _is_run_by(desk: Desk, build: str, count: int) -> bool:
    return await versions.open_runs(desk.temporal, build) == count


@pytest.mark.slow
async def test_a_ramp_takes_a_part_of_new_work_and_ends(desk: Desk, new_reference: Callable[[], str]) -> None:
    async with version(desk, "b1"), version(desk, "b2"):
        await current(desk, "b1")
        await versions.ramp(desk.temporal, "b2", 100)
        life = Life(desk, new_reference())
        await life.awaiting_approval(proposal(life.reference))
        assert await build_of(desk.temporal, life.handle.id) == "b2"
        told = {one.build: (one.current, one.ramp) for one in await versions.versions(desk.temporal)}
        assert told == {"b1": (True, 0.0), "b2": (False, 100.0)}
        await versions.ramp(desk.temporal, "b2", 0)
        assert [one.ramp for one in await versions.versions(desk.temporal)] == [0.0, 0.0]


@pytest.mark.slow
async def test_a_payment_in_flight_moves_too_and_is_paid_once(desk: Desk, reference: str) -> None:
    """Given a payment at the bank, when it and its partnership begin anew, then the bank's word closes both, once."""
    life, attempt = Life(desk, reference), StreamId.attempt(reference, 1, 1)
    async with version(desk, "b1"), version(desk, "b2"):
        await current(desk, "b1")
        tranche = await life.released(proposal(reference, funds_out=funds_out("1000.00", final_report=False)))
        assert await build_of(desk.temporal, attempt) == "b1"
        await current(desk, "b2")
        await until(lambda: _is_run_by(desk, "b1", 2))
        assert await begin_anew(desk.temporal, "", 50, lambda _: None) == 2
        for workflow_id in (life.handle.id, attempt):
            await until(on(desk, workflow_id, "b2"))
        await until(lambda: _is_run_by(desk, "b1", 0))
        await life.bank_says(tranche, BankStatus.SETTLED)
        await life.until_stage(Stage.CLOSED)
    told = [one.event.event_type for one in await life.events()]
    assert (told.count("TrancheReleased"), told.count("TrancheEnded")) == (1, 1)


@pytest.mark.slow
async def test_the_first_version_of_all_begins_by_itself_and_no_later_one_does(
    desk: Desk, reference: str, new_reference: Callable[[], str]
) -> None:
    async with version(desk, "b1"):
        await versions.begin_with(desk.temporal, "b1")
        life = Life(desk, reference)
        await life.awaiting_approval(proposal(reference))
        assert await build_of(desk.temporal, life.handle.id) == "b1"
        async with version(desk, "b2"):
            await versions.begin_with(desk.temporal, "b2")
            assert [one.build for one in await versions.versions(desk.temporal) if one.current] == ["b1"]


@pytest.mark.slow
async def test_where_partnerships_run_without_versions_an_operator_says_when_one_begins(
    desk: Desk, reference: str
) -> None:
    """Given an installation of before versions, when a versioned worker starts, then nothing moves by itself."""
    life = Life(desk, reference)
    async with make_worker(desk.temporal, desk.pool, queues=(TASK_QUEUE,)):
        await life.awaiting_approval(proposal(reference))
    async with version(desk, "b1"):
        await until(lambda: _shown(desk))
        await versions.begin_with(desk.temporal, "b1")
        assert not [one for one in await versions.versions(desk.temporal) if one.current]
        await current(desk, "b1")
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
        assert await build_of(desk.temporal, life.handle.id) == "b1"


async def _shown(desk: Desk) -> bool:
    return await count_open(desk.temporal, "WorkflowType = 'Partnership'") > 0


# The rules are asked of the newest


class Rules(NamedTuple):
    """Rules that answer once they may. Before that they note the askers that they turned away, with the release."""

    may_answer: asyncio.Event
    turned_away: set[tuple[int, str]]


def finding(looked_at: int, rules: Rules) -> type[Rescreening]:
    """The activities of a release whose rules tell a number of their own, as long as they can be asked."""

    class Finding(Rescreening):
        @activity.defn(name="find_touched")
        async def find_touched(self) -> AffectedPartnerships:
            if not rules.may_answer.is_set():
                rules.turned_away.add((looked_at, activity.info().workflow_id))
                raise RuntimeError("the database of the rules is away")
            return AffectedPartnerships(versions=(), looked_at=looked_at, partnership_ids=())

    return Finding


@asynccontextmanager
async def whole_worker(
    client: Client, pool: asyncpg.Pool, build: str, rescreening: type[Rescreening]
) -> AsyncIterator[None]:
    """A worker of all queues, as a deploy starts it, of a version that Temporal knows by then."""
    own = await connect_temporal(client.service_client.config.target_host)
    with pytest.MonkeyPatch.context() as release:
        release.setattr("deploy.registered.Rescreening", rescreening)
        making = make_worker(own, pool, build=build)
        await making.__aenter__()
    try:
        await until(lambda: _known(client, build))
        yield
    finally:
        await making.__aexit__(None, None, None)


@pytest.fixture
async def two_releases(client: Client, pool: asyncpg.Pool, rules: Rules) -> AsyncIterator[None]:
    """Workers of two versions side by side, the first of them current, whose rules answer with their number."""
    async with (
        whole_worker(client, pool, "b1", finding(1, rules)),
        whole_worker(client, pool, "b2", finding(2, rules)),
    ):
        await until(lambda: _made_current(client, "b1"))
        yield


@pytest.fixture
def rules() -> Rules:
    """Rules without an answer yet."""
    return Rules(asyncio.Event(), set())


ASKING = range(20)


async def ask(client: Client, number: int) -> WorkflowHandle[RescreeningWorkflow, Rescreened]:
    """Begin a run that asks the rules."""
    return await client.start_workflow(RescreeningWorkflow.run, id=f"asking/{number}", task_queue=TASK_QUEUE)


@pytest.mark.slow
@pytest.mark.usefixtures("two_releases")
async def test_after_a_deploy_the_newest_rules_answer_though_the_old_workers_still_work(
    client: Client, rules: Rules
) -> None:
    """Given workers of two versions, when the second is current, then none of the first answers for the rules."""
    rules.may_answer.set()
    await until(lambda: _made_current(client, "b2"))
    await until(lambda: _all_ask(client, "b2"))
    told = [(await (await ask(client, number)).result()).looked_at for number in ASKING]
    assert told == [2 for _ in ASKING]


async def _all_ask(client: Client, build: str) -> bool:
    """True if the rules of a version are asked: they follow by themselves, and each queue of the server learns it."""
    rules = (await versions._described(client, RULES_DEPLOYMENT)).worker_deployment_info
    is_current = rules.routing_config.current_deployment_version.build_id == build
    return is_current and rules.routing_config_update_state != UpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS


@pytest.mark.slow
@pytest.mark.usefixtures("two_releases")
async def test_the_newest_rules_answer_what_began_before_the_deploy_too(client: Client, rules: Rules) -> None:
    """Given runs of the first version that wait for an answer, when the second is current, then its rules answer.

    A question that reached the first release before is answered by it, so each is turned away once by the second.
    """
    asking = [await ask(client, number) for number in ASKING]
    for one in asking:
        await until(partial(_was_left, one))
        assert await build_of(client, one.id) == "b1"
    await until(lambda: _made_current(client, "b2"))

    async def reached_the_second() -> bool:
        return {(2, one.id) for one in asking} <= rules.turned_away

    await until(reached_the_second)
    rules.may_answer.set()
    told = [(await one.result()).looked_at for one in asking]
    assert told == [2 for _ in ASKING]


async def _was_left(handle: WorkflowHandle[Any, Any]) -> bool:
    """True if a workflow asked, and was not answered."""
    waiting = (await handle.describe()).raw_description.pending_activities
    return any(one.attempt > 1 for one in waiting)


NEWER = {"form": RULES_FORM + 1, "proposal": proposal("P-2026-0001").model_dump(mode="json"), "funding": None}


class NewerRules:
    """The rules of a newer release, as its own workers serve them."""

    @activity.defn(name="verify")
    async def verify(self, asked: dict[str, Any]) -> int:
        """Answer in the newer form."""
        return int(asked["form"])

    @activity.defn
    async def look_at_what_is_new(self, asked: dict[str, Any]) -> int:
        """Answer a question that the release before has not at all."""
        return int(asked["form"])


@workflow.defn(name="NewerRelease")
class NewerRelease:
    """Asks the rules as a workflow of a newer release does."""

    @workflow.run
    async def run(self) -> list[int]:
        """Ask in a newer form, and what is new."""
        return [
            await of_the_rules(NewerRules.verify, NEWER, "Ask in a newer form"),
            await of_the_rules(NewerRules.look_at_what_is_new, NEWER, "Ask what is new"),
        ]


@pytest.mark.slow
async def test_what_an_older_release_cannot_answer_is_answered_by_the_runs_own_and_ends_no_worker(
    client: Client, pool: asyncpg.Pool
) -> None:
    """Given operators who went back, when a run of the newer release asks the rules, then its own worker answers."""
    upgrade, queue, own = asyncio.Event(), "a newer release's", NewerRules()
    newer = Worker(
        client, task_queue=queue, workflows=[NewerRelease], workflow_runner=UnsandboxedWorkflowRunner(),
        activities=[own.verify, own.look_at_what_is_new],
    )  # fmt: skip
    async with make_worker(client, pool, upgrade=upgrade), newer:
        told = await client.execute_workflow(NewerRelease.run, id="newer", task_queue=queue)
        assert told == [RULES_FORM + 1] * 2
        assert not upgrade.is_set()


@pytest.mark.slow
async def test_a_worker_that_begins_undoes_nothing_that_an_operator_said_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a first start, when an operator makes one version current just before another's worker would, it stays."""

    async def too_late(*asked: Any) -> None:
        monkeypatch.undo()
        await current(desk, "first")
        await versions.make_current(*asked)

    monkeypatch.setattr(versions, "make_current", too_late)
    async with version(desk, "first"), version(desk, "second"):
        with pytest.raises(RPCError):
            await versions.begin_with(desk.temporal, "second")
        assert [one.build for one in await versions.versions(desk.temporal) if one.current] == ["first"]
