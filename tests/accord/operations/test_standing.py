"""Every process that runs all day answers probes, tells Prometheus that it is ready, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from accord.operations.keeping_proofs import newest_backup
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.stack import Stack
from deploy.payloads.keys import FILE
from deploy.processes.table import CHECKPOINT_KEY, PROCESSES, Process, process_named
from ledger.proof.notes import SIGNATURE, SigningKey
from tests.conftest import ROOT, Office
from tests.deploy.monitoring.prometheus import Samples, scrape
from tests.test_worker import lines_until, start
from tests.waiting import until

PRODUCT: Final = (
    "accord",
    "activities",
    "deploy",
    "ledger",
    "payments",
    "publishing",
    "records",
    "registers",
    "workflows",
)
MODULES: Final = {"accord-worker": ("-m", "worker"), "accord": ("-m", "accord")}


def origins() -> dict[str, str]:
    """The settings of pages, each on a port of its own."""
    names = ("ACCORD_CONSOLE_ORIGIN", "ACCORD_SIGNING_ORIGIN", "ACCORD_COUNTER_ORIGIN", "ACCORD_OIDC_ISSUER",
             "ACCORD_GRANTEE_ORIGIN")  # fmt: skip
    return {name: f"http://localhost:{free_port()}" for name in names}


def settings_of(process: Process, stack: Stack, office: Office, folder: Path) -> dict[str, str]:
    """The settings that the table says of one process, and no other: its secrets, and folders of its own."""
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700)
    for login in process.logins:
        (secrets / login).write_bytes((stack.postgres.secrets / login).read_bytes())
    (secrets / FILE).write_bytes((stack.postgres.secrets / FILE).read_bytes())
    key = SigningKey.make("ledger.example.org", SIGNATURE)
    (secrets / CHECKPOINT_KEY).write_text(key.written())
    for file in secrets.iterdir():
        file.chmod(0o600)
    address = stack.postgres.address.replace("/accord?", f"/{office.database}?")
    settings = {
        "ACCORD_DATABASE_URL": address, "TEMPORAL_ADDRESS": stack.state.temporal_address,
        "ACCORD_SECRETS": str(secrets), "ACCORD_DATA": str(folder), "ACCORD_BUILD_ID": "none",
        "ACCORD_LOG": str(key.verifier),
        "ACCORD_CHECKPOINT_KEY": str(secrets / CHECKPOINT_KEY), "ACCORD_CHECKPOINTS": str(folder / "checkpoints"),
        "ACCORD_COUNTER_FOLDER": str(folder / "payments"), "ACCORD_NOTICES": "true",
        "ACCORD_PAPERS": str(folder / "papers"), "ACCORD_QUARANTINE": str(folder / "quarantine"),
        "ACCORD_SMTP": "smtp://localhost:2525", "ACCORD_MAIL_FROM": "grants@funder.test",
        "ACCORD_INSTALLATION": "riverbend",
        "ACCORD_PROBES": f"{LOOPBACK}:{free_port()}", "ACCORD_METRICS": f"{LOOPBACK}:{free_port()}", **origins(),
    }  # fmt: skip
    return {name: text for name, text in settings.items() if name in {one.name for one in process.settings}}


def words_of(process: Process) -> tuple[str, ...]:
    """The words after the interpreter, with free ports for pages."""
    program, *words = process.command
    return (*MODULES[program], *(str(free_port()) if word.isdecimal() and word != "60" else word for word in words))


@asynccontextmanager
async def standing(process: Process, settings: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running process, ended with its test."""
    running = await start(*words_of(process), **settings)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def ready_at(address: str) -> str:
    """What a process says of itself, or '' if it does not answer yet."""
    try:
        async with httpx.AsyncClient() as asking:
            return (await asking.get(f"http://{address}/ready", timeout=20)).text.strip()
    except httpx.TransportError:
        return ""


def up(samples: Samples, name: str) -> list[tuple[str, float]]:
    return [
        (one.labels["installation"], one.value)
        for one in samples
        if one.name == "accord_up" and one.labels["process"] == name
    ]


@pytest.mark.slow
@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
async def test_a_process_becomes_ready_tells_prometheus_and_ends_on_sigterm(
    stack: Stack, office: Office, tmp_path: Path, process: Process
) -> None:
    settings = settings_of(process, stack, office, tmp_path)
    async with standing(process, settings) as running:
        await until(lambda: _says(settings["ACCORD_PROBES"], "ready"))
        await until(lambda: _is_up(settings["ACCORD_METRICS"], process.name))
        running.send_signal(signal.SIGTERM)
        await lines_until(running, "stopped")
        assert await running.wait() == 0


async def _says(address: str, word: str) -> bool:
    return await ready_at(address) == word


async def _is_up(address: str, name: str) -> bool:
    return up(await scrape(address), name) == [("riverbend", 1.0)]


@pytest.mark.slow
async def test_a_process_whose_database_is_away_lives_and_is_not_ready(
    stack: Stack, office: Office, tmp_path: Path
) -> None:
    process = process_named("projector")
    settings = {
        **settings_of(process, stack, office, tmp_path),
        "ACCORD_DATABASE_URL": f"postgresql://{LOOPBACK}:{free_port()}/accord",
    }
    async with standing(process, settings) as running:
        await lines_until(running, "waiting")
        assert await ready_at(settings["ACCORD_PROBES"]) == "start: not reached yet; database: not reached yet"
        assert up(await scrape(settings["ACCORD_METRICS"]), "projector") == [("riverbend", 0.0)]


@pytest.mark.slow
async def test_the_signer_tells_when_it_saw_a_whole_checkpoint_and_the_newest_backup(
    stack: Stack, office: Office, tmp_path: Path
) -> None:
    process, backup = process_named("signer"), tmp_path / "backups" / "monday" / "backup_manifest"
    backup.parent.mkdir(parents=True)
    backup.write_text("{}")
    os.utime(backup, (1_700_000_000, 1_700_000_000))
    settings = {**settings_of(process, stack, office, tmp_path), "ACCORD_BACKUPS": str(tmp_path / "backups")}
    async with standing(process, settings) as running:
        await lines_until(running, "signed")
        told = {one.name: one.value for one in await scrape(settings["ACCORD_METRICS"])}
    assert told["accord_backup_at_seconds"] == 1_700_000_000
    assert told["accord_checkpoint_at_seconds"] > 1_700_000_000


def test_the_newest_backup_is_one_that_was_finished(tmp_path: Path) -> None:
    """Given one whose report is there, and one that is not whole yet, then the first is the newest."""
    assert newest_backup(str(tmp_path / "nowhere")) == newest_backup(str(tmp_path)) == newest_backup("") == 0
    for name in ("20261130T010000Z", "20261201T010000Z.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "backup_manifest").write_text("{}")
        os.utime(tmp_path / name / "backup_manifest", (1_700_000_000, 1_700_000_000))
    os.utime(tmp_path / "20261201T010000Z.part" / "backup_manifest")
    assert newest_backup(str(tmp_path)) == 1_700_000_000
    report = tmp_path / "20261130T010000Z.json"
    report.write_text("{}")
    os.utime(report, (1_700_000_060, 1_700_000_060))
    assert newest_backup(str(tmp_path)) == 1_700_000_060


@pytest.mark.slow
async def test_a_signer_that_may_not_sign_says_why_and_is_not_ready(
    stack: Stack, office: Office, tmp_path: Path
) -> None:
    """Given a checkpoint of a longer ledger than this one, then the signer stays, signs nothing, and says so."""
    process = process_named("signer")
    settings = settings_of(process, stack, office, tmp_path)
    async with standing(process, settings) as running:
        await lines_until(running, "signed")
    [kept] = (tmp_path / "checkpoints").glob("*.checkpoint")
    kept.write_text(kept.read_text().replace("ledger.example.org", "another.example.org", 1))
    async with standing(process, settings) as running:
        reason = (await lines_until(running, "not signed, and looks again"))[-1]["reason"]
        assert reason in await ready_at(settings["ACCORD_PROBES"])
        told = {one.name: one.value for one in await scrape(settings["ACCORD_METRICS"])}
    assert told["accord_checkpoint_at_seconds"] == int(kept.stat().st_mtime)


@pytest.mark.slow
async def test_a_name_of_an_installation_that_no_label_may_have_is_said_in_a_line(
    stack: Stack, office: Office, tmp_path: Path
) -> None:
    process = process_named("projector")
    settings = {**settings_of(process, stack, office, tmp_path), "ACCORD_INSTALLATION": "River bend"}
    async with standing(process, settings) as running:
        line = (await lines_until(running, "not configured"))[-1]
        assert line["reason"].startswith("ACCORD_INSTALLATION: 'River bend' is no name; write")
        assert await running.wait() == 3


@pytest.mark.slow
def test_every_process_that_stands_is_in_the_table_and_no_other() -> None:
    """A process that a later release adds is told of here: it cannot start without its row."""
    code = [ROOT / "worker.py", *(file for room in PRODUCT for file in (ROOT / room).rglob("*.py"))]
    texts = {file: file.read_text("utf-8") for file in code}
    stands = {name for text in texts.values() for name in re.findall(r"(?:stand|attended)\(\s*\"(\w+)\"", text)}
    assert stands == {process.name for process in PROCESSES}


def test_nothing_waits_for_sigterm_but_what_stands() -> None:
    code = [ROOT / "worker.py", *(file for room in PRODUCT for file in (ROOT / room).rglob("*.py"))]
    waits = re.compile(r"stop_signals\(\)|add_signal_handler|signal\.signal\(")
    found = {str(file.relative_to(ROOT)) for file in code if waits.search(file.read_text("utf-8"))}
    of_a_terminal = {"accord/cli/installation/demo.py", "accord/cli/installation/stack.py"}
    of_a_child = {"registers/screening/keeping.py"}
    of_a_key = {"accord/cli/letters/files.py"}
    """It seals, with no login and no server: it ends at once."""
    stand = {"worker.py", "accord/operations/processes/standing.py", "deploy/connections.py"}
    assert found == stand | of_a_terminal | of_a_child | of_a_key
