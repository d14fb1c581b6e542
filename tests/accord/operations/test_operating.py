"""An operator sees stopped workflows, and starts them again. Decisions stand, and nothing is paid twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from accord.runs.absence import Differences, MissingWorkflows, differences
from deploy.embedded.stack import Stack
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from ledger import clock
from tests.accord.shell import BAD_INPUT, REFUSED, Shell
from tests.builders import proposal
from tests.conftest import ROOT
from tests.lives import Life, until_shown
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
async def life(worker: None, desk: Desk, reference: str) -> Life:
    """A partnership that waits for approval, and that the lists show."""
    led = Life(desk, reference)
    await led.awaiting_approval(proposal(reference))
    await until_shown(desk)
    return led


async def ended(life: Life) -> None:
    """Somebody ends the workflow in the Temporal UI, and the server's index knows it."""
    await life.handle.terminate()

    async def is_known() -> bool:
        return life.reference in (await differences(life.desk.temporal, life.desk.ledger)).missing

    await until(is_known)


async def test_a_partnership_whose_workflow_somebody_ended_is_named_and_started_again(life: Life, shell: Shell) -> None:
    await ended(life)
    told = await shell("status")
    machine = await shell("status", "--json")
    assert (told.code, machine.code) == (REFUSED, REFUSED)
    assert f"{life.reference}" in told.words
    assert "`accord revive --all` starts them again" in told.words
    assert life.reference in machine.json["missing"]
    with pytest.raises(Refused, match=f"an operator starts it again: `accord revive {life.reference}`"):
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    assert f"Started again: {life.reference}." in (await shell.done("revive", life.reference)).words
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    assert (await life.until_stage(Stage.AGREEMENT)).stage is Stage.AGREEMENT
    assert life.reference not in (await shell("status", "--json")).json["missing"]


@pytest.mark.slow
async def test_what_runs_or_has_ended_is_not_started_again(life: Life, shell: Shell) -> None:
    running = await shell("revive", life.reference)
    assert (running.code, "runs already" in running.words) == (REFUSED, True)
    await life.do(c.Withdraw, "pia.berg", reason="They found other funds")
    over = await shell("revive", life.reference)
    assert (over.code, "has ended: it is WITHDRAWN" in over.words) == (REFUSED, True)


@pytest.mark.parametrize("words", [(), ("P-2026-0042", "--all")])
async def test_revive_wants_one_partnership_or_all(shell: Shell, words: tuple[str, ...]) -> None:
    answer = await shell("revive", *words)
    assert (answer.code, "name one partnership, or give --all" in answer.words) == (BAD_INPUT, True)


@pytest.mark.slow
async def test_all_that_are_missing_are_started_again(life: Life, shell: Shell) -> None:
    await ended(life)
    assert life.reference in (await shell.done("revive", "--all")).words
    assert life.reference not in (await shell("status", "--json")).json["missing"]


@pytest.mark.slow
async def test_a_worker_counts_what_is_missing_once_it_was_missing_twice(life: Life, client: Client) -> None:
    looking = MissingWorkflows(client, life.desk.ledger)
    await ended(life)
    assert life.reference not in (await looking.once()).missing
    assert life.reference in (await looking.once()).missing


@pytest.mark.slow
async def test_what_the_index_does_not_show_yet_and_runs_is_not_missing(life: Life, client: Client) -> None:
    looking = MissingWorkflows(client, life.desk.ledger)
    looking._seen = Differences(missing=frozenset({life.reference}))
    assert life.reference not in (await looking.once()).missing


@pytest.mark.slow
@pytest.mark.parametrize(("age", "told"), [(3, False), (4, True), (60, True)])
async def test_operators_are_told_days_before_a_register_is_too_old(
    furnished: Desk, furnished_database: str, shell: Shell, stack: Stack, age: int, told: bool
) -> None:
    """The sanctions lists serve for seven days, and half of them are left when operators are told."""
    day = clock.today() - timedelta(days=age)
    await furnished.pool.execute("UPDATE registers.versions SET source_date = $1 WHERE register = 'ofac-sdn'", day)
    here = shell.where(ACCORD_DATABASE_URL=furnished_database, TEMPORAL_ADDRESS=stack.state.temporal_address)
    answer = await here("status", "--json")
    assert any("ofac-sdn" in one for one in answer.json["ageing"]) is told
    assert answer.code == REFUSED or not told


def saved_queries() -> list[str]:
    """The list queries that the papers offer to operators."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    return re.findall(r"^\| [a-z][^|]* \| `([^`]*(?:Accord|Workflow|Execution)[^`]*)` \|$", page, re.MULTILINE)


@pytest.mark.slow
async def test_every_query_that_the_papers_offer_is_one_that_the_server_answers(life: Life) -> None:
    queries = saved_queries()
    assert len(queries) == 10
    for query in queries:
        assert (await life.desk.temporal.count_workflows(query)).count >= 0, query
    [approving] = [one for one in queries if "APPROVAL" in one]

    async def is_found() -> bool:
        found = approving.replace("> 100000", "> 0")
        return life.handle.id in [one.id async for one in life.desk.temporal.list_workflows(found)]

    await until(is_found)
