"""`accord doctor` tells in one screen what an installation lacks, and prints no secret."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.client import Client

from accord.client.desk import Desk
from accord.operations.diagnosis import setting_told
from deploy import settings
from deploy.logins import Login
from deploy.payloads.keys import FILE
from deploy.schedules import RESCREENING, ensure_rescreening
from domain.directory.people import KeyEnrolled
from records.keys.keyring import Keyring
from tests.accord.shell import DONE, REFUSED, Shell
from tests.conftest import name_in
from tests.governing import decree
from tests.servers import temporal_apart
from workflows.options import RULES_QUEUE, TASK_QUEUE

CHECKS = {
    "versions", "settings", "database", "commits", "clocks", "logins", "erasures", "temporal", "workers", "payloads",
    "keys",
}  # fmt: skip


@pytest.fixture
async def schedule(client: Client) -> AsyncIterator[None]:
    """What a worker's process makes in Temporal beside the search attributes."""
    await ensure_rescreening(client)
    yield
    await client.get_schedule_handle(RESCREENING).delete()


@pytest.mark.usefixtures("worker", "schedule")
async def test_where_nothing_is_wrong_every_check_says_what_it_found(shell: Shell, desk: Desk, tmp_path: Path) -> None:
    keys = Keyring(tmp_path)
    await decree(desk, KeyEnrolled(staff_id="paul.nkosi", key=keys.make("paul.nkosi")))
    shell = shell.where(ACCORD_KEYS=str(tmp_path))
    found = (await shell.done("doctor", "--json")).json
    assert [one for one in found if one["remedy"]] == []
    assert {one["check"] for one in found} == CHECKS
    words = (await shell.done("doctor")).words
    for word in ("PostgreSQL", "migrated", "poll the queue accord", "search attributes and the schedule are there"):
        assert word in words


@pytest.mark.slow
async def test_what_is_held_for_the_way_back_and_commits_that_wait_for_too_little_are_told(
    shell: Shell, database: str
) -> None:
    there = shell.where(ACCORD_DATABASE_URL=database)
    owner = await asyncpg.connect(database)
    await owner.execute("UPDATE appending.rights SET form = 1 WHERE event_type = 'ProposalRevised'")
    await owner.execute(f"ALTER DATABASE {name_in(database)} SET synchronous_commit = off")
    await owner.close()
    found = {one["check"]: one for one in (await there("doctor", "--json")).json}
    meanings = (
        "the answer to a question; a budget, a work plan, the language or telephone number of a contact, or a public "
        "office of somebody behind a party"
    )
    told = f"not recorded until `accord upgrade --open`, so that you can go back: {meanings}"
    assert (found["forms"]["what"], found["forms"]["remedy"]) == (told, "")
    assert "synchronous_commit is off for every login of this database" in found["commits"]["what"]
    assert found["commits"]["remedy"] == "set it to on there, and reload"
    assert told in (await there.done("deploy", "status")).words


@pytest.mark.slow
@pytest.mark.usefixtures("worker", "schedule")
async def test_a_key_that_the_directory_does_not_hold_and_one_that_is_none_are_named(
    shell: Shell, tmp_path: Path
) -> None:
    Keyring(tmp_path).make("ana.silva")
    (tmp_path / "vera.lind.pem").write_text("no key", "utf-8")
    answer = await shell.where(ACCORD_KEYS=str(tmp_path))("doctor", "--json")
    assert answer.code == REFUSED
    wrong = {one["what"].partition(":")[0]: one["remedy"] for one in answer.json if one["remedy"]}
    assert wrong == {
        "ana.silva": "accord staff enrol ana.silva",
        "vera.lind": "set ACCORD_KEY_PASSPHRASE, or make a new key",
    }


async def test_what_is_wrong_is_told_with_its_remedy_and_no_secret(shell: Shell, tmp_path: Path) -> None:
    """Given servers that are away and a key that is none, when it is asked, then each is named with what to do."""
    address, keys = "postgresql://somebody:Tr0ub4dor@localhost:1/accord", tmp_path / "keys"
    keys.mkdir()
    (keys / "ana.silva.pem").write_text("no key", "utf-8")
    away = {"ACCORD_DATABASE_URL": address, "TEMPORAL_ADDRESS": "localhost:1", "ACCORD_KEYS": str(keys)}
    answer = await shell.where(**away)("doctor")
    assert answer.code == REFUSED
    for word in ("the database cannot be reached", "Temporal at localhost:1", "set TEMPORAL_ADDRESS"):
        assert word in answer.words
    assert "Tr0ub4dor" not in answer.words


def host_of(folder: Path, *names: str) -> dict[str, str]:
    """The environment of a process whose secrets are these alone, and on whose machine nobody has a key."""
    for name in names:
        (folder / name).write_bytes((Path(os.environ["ACCORD_SECRETS"]) / name).read_bytes())
        (folder / name).chmod(0o600)
    return {"ACCORD_SECRETS": str(folder), "ACCORD_KEYS": str(folder / "no keys")}


@pytest.mark.sampled(4)
@pytest.mark.usefixtures("worker", "schedule")
@pytest.mark.parametrize("login", Login)
async def test_on_the_host_of_one_task_it_looks_with_the_login_that_is_there(
    shell: Shell, tmp_path: Path, login: Login
) -> None:
    """Given a host with the secret of its task and the ring of payloads, where all is well, then nothing is wrong."""
    answer = await shell.where(**host_of(tmp_path, login, FILE))("doctor", "--json")
    assert [one for one in answer.json if one["remedy"]] == []
    assert any(one["check"] == "database" and f"_login_{login}" in one["what"] for one in answer.json)
    assert answer.code == DONE


@pytest.mark.slow
async def test_that_nobody_answers_for_the_rules_is_told_with_its_remedy(shell: Shell) -> None:
    """Given a server where no worker polls the queue of the rules, then each queue of workers is told as wrong."""
    async with temporal_apart() as client:
        here = shell.where(TEMPORAL_ADDRESS=client.service_client.config.target_host)
        answer = await here("doctor", "--json")
    wrong = [one for one in answer.json if one["check"] == "workers" and "accord-worker" in one["remedy"]]
    assert [one["what"].rpartition(" ")[2] for one in wrong] == [TASK_QUEUE, RULES_QUEUE]
    assert answer.code == REFUSED


@pytest.mark.slow
@pytest.mark.usefixtures("worker", "schedule")
@pytest.mark.parametrize(
    ("name", "written"),
    [("ACCORD_QUEUE", "Rules"), ("ACCORD_BUILD_ID", "a b"), ("ACCORD_PROBES", "nonsense"), ("ACCORD_METRICS", ":1")],
)
async def test_a_setting_that_no_process_would_take_is_told_with_its_remedy(
    shell: Shell, name: str, written: str
) -> None:
    answer = await shell.where(**{name: written})("doctor", "--json")
    [told] = [one for one in answer.json if one["check"] == "settings" and one["what"].startswith(name)]
    assert told["remedy"], told
    assert answer.code == REFUSED


PASSWORD = "hunter2"
ADDRESSES = (
    "postgresql://u:{}@host:5432/db",
    "postgresql:///accord?host=/run/pg&user=u&password={}",
    "host=db user=u password={}",
    "postgresql:u:{}@host/db",
    "postgresql://u:a/{}@host/db",
    "postgresql://u:{}#x@host/db",
    "postgresql://u:{}?x@host/db",
    "postgresql://u:{}@[bad/db",
    "postgresql://{}@host/db",
    "https://notices.example.org/{}",
    "https://x:{}@notices.example.org/a?b={}",
)


@pytest.mark.parametrize("written", ADDRESSES)
@pytest.mark.parametrize("name", [settings.DATABASE_VARIABLE, settings.NOTICES_VARIABLE])
def test_no_address_tells_a_secret(name: str, written: str) -> None:
    told = setting_told(name, written.replace("{}", PASSWORD))
    assert (told.startswith(name), PASSWORD in told) == (True, False), told


@given(st.text(min_size=4, max_size=12), st.sampled_from(ADDRESSES))
def test_no_secret_of_any_letters_is_told(secret: str, written: str) -> None:
    marked = f"{secret}{PASSWORD}{secret}"
    assert PASSWORD not in setting_told(settings.DATABASE_VARIABLE, written.replace("{}", marked))
