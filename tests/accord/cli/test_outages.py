"""While a service is away, a command ends in one line that names it, and exit code 3."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from temporalio.client import Client

from accord.client import sending as sending_module
from accord.client.desk import Desk
from accord.presentation.faults import ExitCode, Unreachable
from deploy import migrate as room
from deploy import rights
from deploy.embedded.stack import Stack
from domain.partnership.stages import Stage
from domain.streams import StreamId
from tests.accord.shell import REFUSED, UNREACHABLE, Answer, Shell, assert_fails, files_in, proposal_text
from tests.builders import proposal
from tests.conftest import working
from tests.lives import Life, until_shown

READ, APPROVE = ("list",), ("approve", "P-2026-0042", "--no-interest", "--as", "ana.silva", "--reason", "good work")
AS = ("--as", "ana.silva")
DATABASE_AWAY = "the database cannot be reached"


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def assert_unreachable(answers: list[Answer], *told: str) -> None:
    """Exit code 3 and one line."""
    for answer in answers:
        assert_fails(answer, UNREACHABLE, *told)
        assert (answer.stdout, len(answer.stderr.strip().splitlines())) == ("", 1), answer


async def test_a_database_that_does_not_answer_is_told_in_one_line(
    shell: Shell, closed_port: int, tmp_path: Path
) -> None:
    account = tmp_path / "account.toml"
    account.write_text('holder = "Up"\nnumber = "00112233"\nbic = "MOCKNL2A"\ntown = "Up"\ncountry = "US"\n')
    away = shell.where(ACCORD_DATABASE_URL=f"postgresql://accord@127.0.0.1:{closed_port}/accord")
    answers = await away.together(
        READ, APPROVE, ("migrate",), ("registers", "status"), ("directory", "show"),
        ("payments", "account", account, "--as", "vera.lind"),
        ("payments", "exceptions"),
        ("verify-recipient", "--kind", "NONPROFIT", "--name", "Riverbend", "--funder", "ISOC"),
    )  # fmt: skip
    assert_unreachable(answers, DATABASE_AWAY)


@pytest.mark.parametrize(
    "address", ["nonsense", "postgresql://u@127.0.0.1:port/accord"]
)  # fmt: skip
async def test_an_address_that_is_none_is_told_in_one_line(address: str, shell: Shell) -> None:
    assert_unreachable(await shell.where(ACCORD_DATABASE_URL=address).together(READ, ("migrate",)), DATABASE_AWAY)


async def test_a_database_that_is_not_there_or_not_migrated_is_told_with_the_remedy(
    shell: Shell, template: str
) -> None:
    none, empty = template.replace("/postgres?", "/no_such_database?"), template
    assert_unreachable([await shell.as_administrator(none)(*READ)], DATABASE_AWAY, "no_such_database")
    bare = shell.as_administrator(empty)
    answers = await bare.together(READ, ("registers", "status"), ("payments", "exceptions"))
    assert_unreachable(answers, "the database is not migrated; run `accord migrate`")


@pytest.fixture
async def older(template: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database as an older release left it, which has a ledger and lacks what lists ask."""
    server = await asyncpg.connect(template)
    await server.execute("CREATE DATABASE an_older_release TEMPLATE template0")
    await server.close()
    address = template.replace("/postgres?", "/an_older_release?")
    connection = await asyncpg.connect(address)
    released = room.migrations()[:8]
    monkeypatch.setattr(room, "migrations", lambda: released)
    monkeypatch.setattr(rights, "OF_THIS_RELEASE", {})  # it had none in rows
    await room.migrate(connection)
    await connection.close()
    return address


@pytest.mark.slow
async def test_a_database_of_an_older_release_is_told_with_the_remedy(shell: Shell, older: str) -> None:
    """Given a schema from before lists were kept, when lists are asked for, then each says what is to be done."""
    at = shell.where(ACCORD_DATABASE_URL=older)
    asked = (READ, ("obligations",), ("payments", "list"), ("work",))
    answers = await at.together(*asked, ("ledger", "verify"))
    assert_unreachable(answers, "the database is not migrated; run `accord migrate`")


async def test_without_any_configuration_the_remedy_is_told(stack: Stack, tmp_path: Path) -> None:
    answers = await Shell(ACCORD_DATA=str(tmp_path)).together(READ, APPROVE, ("migrate",))
    assert_unreachable(answers, "no database: set ACCORD_DATABASE_URL, or start the embedded stack with `accord up`")
    assert files_in(tmp_path) == []


async def test_a_running_stack_says_where_everything_is_and_refuses_a_second(stack: Stack, desk: Desk) -> None:
    beside = Shell(ACCORD_DATA=str(stack.folder))
    listed, unknown, second = await beside.together(("list", "--json"), APPROVE, ("up",))
    assert listed.code == 0
    assert_fails(unknown, REFUSED, "no partnership P-2026-0042")
    assert_fails(second, REFUSED, "use it, or stop it first")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("address", ["127.0.0.1:{closed_port}", "nonsense", "::::"])
async def test_a_temporal_that_does_not_answer_stops_acting_and_not_reading(
    address: str, shell: Shell, desk: Desk, client: Client, closed_port: int, tmp_path: Path
) -> None:
    path = tmp_path / "proposal.toml"
    path.write_text(proposal_text("P-2026-889999"))
    away = shell.where(TEMPORAL_ADDRESS=address.format(closed_port=closed_port))
    async with working(client, desk.pool):
        await until_shown(desk)
    read, *acted = await away.together(READ, APPROVE, ("propose", path, "--as", "pia.berg"))
    assert (read.code, read.stderr) == (0, "")
    assert_unreachable(acted, "Temporal at", "cannot be reached; is the server up?")


@pytest.mark.slow
async def test_a_namespace_that_is_gone_is_told_with_its_remedy_and_not_as_a_missing_workflow(
    shell: Shell, desk: Desk, client: Client, new_reference: Callable[[], str]
) -> None:
    """Given a partnership that waits, when Temporal has no such namespace, then who decides is told to make it."""
    reference = new_reference()
    async with working(client, desk.pool):
        await Life(desk, reference).awaiting_approval(proposal(reference))
    gone = shell.where(TEMPORAL_NAMESPACE="gone")
    answers = await gone.together(
        ("approve", reference, *APPROVE[2:]), ("comment", reference, "--text", "Is anybody there?", *AS)
    )
    assert_unreachable(answers, "Namespace gone is not found", "`accord setup` makes it")


@pytest.mark.parametrize("variable", ["TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"])
async def test_a_temporal_profile_that_is_not_there_is_told_in_one_line(
    variable: str, shell: Shell, tmp_path: Path
) -> None:
    profile = tmp_path / "temporal.toml"
    profile.write_text("= broken" if variable == "TEMPORAL_CONFIG_FILE" else "")
    answer = await shell.where(**{"TEMPORAL_CONFIG_FILE": str(profile), variable: str(profile)})(*APPROVE)
    assert_unreachable([answer], "Temporal")


@pytest.mark.slow
async def test_without_a_worker_the_person_is_told_and_asking_again_with_one_is_the_same_command(
    desk: Desk, client: Client, office_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch,
    new_reference: Callable[[], str],
) -> None:  # fmt: skip
    reference = new_reference()
    hasty = Desk(office_pool, desk.keyring, client=client, patience=0.5)
    nobody = pytest.raises(Unreachable, match=r"nobody answered within \d+ s \(is a worker running.*again is safe")
    with monkeypatch.context() as soon, nobody as told:
        soon.setattr(sending_module, "RPC_TIMEOUT", timedelta(seconds=1))
        await hasty.propose(proposal(reference), "pia.berg")
    assert told.value.exit_code is ExitCode.UNREACHABLE
    assert await desk.partnership(reference) is None
    async with working(client, office_pool):
        await desk.propose(proposal(reference), "pia.berg")
        await Life(desk, reference).until_stage(Stage.APPROVAL)
    assert (await Life(desk, reference).told()).count("PartnershipProposed") == 1
    await client.get_workflow_handle(StreamId.partnership(reference)).terminate("the test is over")
