"""One table says of every process that runs all day what whoever deploys it must know."""

from __future__ import annotations

import pytest
import yaml

from deploy.logins import Login
from deploy.processes.table import PROCESSES, Process, as_markdown, process_named
from deploy.variables import EVERY_PROCESS, SETTINGS
from tests.conftest import ROOT
from tests.deploy.monitoring.rules import RULES

DEPLOY = ROOT / "deploy"
OF_PEOPLE = {"ACCORD_AS", "ACCORD_KEYS", "ACCORD_KEY_PASSPHRASE", "ACCORD_ERASURES"}
"""Settings that only shells read."""


def test_the_documents_hold_the_table() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert as_markdown() in page, "docs/operations.md is stale; python -m deploy.processes.table prints its table"


def test_a_name_that_the_table_does_not_have_is_of_no_process() -> None:
    with pytest.raises(KeyError):
        process_named("gardener")


def test_no_two_processes_have_a_port_or_a_name_in_common() -> None:
    ports = [port for process in PROCESSES for port in (process.probes, process.metrics, *dict(process.pages).values())]
    assert len(ports) == len(set(ports))
    assert len({process.name for process in PROCESSES}) == len(PROCESSES)


def test_every_login_is_of_a_process_or_of_people() -> None:
    assert {login for process in PROCESSES for login in process.logins} | {Login.EMERGENCY} == set(Login)


def test_every_setting_is_read_by_a_process_or_by_people() -> None:
    read = {setting.name for process in PROCESSES for setting in process.settings}
    assert read | OF_PEOPLE == {setting.name for setting in SETTINGS}


def test_whoever_is_named_to_read_a_setting_is_in_the_table() -> None:
    readers = {reader for setting in SETTINGS for reader in setting.read_by.split(", ")}
    assert readers <= {"all", EVERY_PROCESS, "shells", "shells of staff"} | {process.name for process in PROCESSES}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_the_alert_of_a_process_is_there_and_names_it(process: Process) -> None:
    assert process.name in RULES[process.alert]["expr"]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_the_folders_and_pages_of_a_process_are_settings_that_it_reads(process: Process) -> None:
    settings = {setting.name for setting in process.settings}
    assert {name for name, _ in (*process.folders, *process.pages)} <= settings


OUTSIDERS = ("grantee", "examiner", "api")


def test_what_serves_outsiders_gives_way_to_all_else_in_each_way_of_deploying() -> None:
    """Given processors that are short, then a crowd of outsiders slows no page of staff."""
    pages = {path.name: path.read_text("utf-8") for path in (DEPLOY / "systemd").glob("*.service")}
    lighter = {name for name, text in pages.items() if "CPUWeight=" in text and "IOWeight=" in text}
    assert lighter == {process_named(name).unit for name in OUTSIDERS}
    services = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text("utf-8"))["services"]
    assert {name: service["cpu_shares"] for name, service in services.items() if "cpu_shares" in service} == {
        "grantee": 256, "examiner": 102, "api": 256,
    }  # fmt: skip
    asked = {process.name: requested(process.name) for process in PROCESSES}
    assert {name for name, cpu in asked.items() if cpu != "100m"} == set(OUTSIDERS)


def requested(name: str) -> str:
    """The processor time that a manifest asks for."""
    manifests = yaml.safe_load_all((DEPLOY / "kustomize" / "base" / f"{name}.yaml").read_text("utf-8"))
    [deployment] = [manifest for manifest in manifests if manifest["kind"] == "Deployment"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    return str(container["resources"]["requests"]["cpu"])
