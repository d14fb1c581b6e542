"""What alerts and dashboards say, before anything runs: whom each is about, how soon it matters, what to read."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from accord.operations.processes.standing import UP
from deploy.monitoring import dashboards
from deploy.monitoring.files import ALERTS as ALERTS_FILE
from deploy.monitoring.files import runbooks
from deploy.processes.table import ALERTS, PROCESSES
from tests.deploy.monitoring.prometheus import Sample, fired
from tests.deploy.monitoring.rules import FOUND_BY_PEOPLE, RULES


def test_two_installations_do_not_hide_one_another() -> None:
    """Given one that is well and one that is not, in one Prometheus, then each alert names the one that is not."""
    well, ill = (("accord_partnerships_stopped", 0.0), ("accord_partnerships_stopped", 2.0))
    samples = [
        Sample(name, {"installation": who}, value) for who, (name, value) in (("delta", well), ("riverbend", ill))
    ]
    assert set(fired(RULES["AccordPartnershipStopped"]["expr"], [], samples)) == {of("riverbend")}
    measured = [Sample("accord_measured_at_seconds", {"installation": "delta"}, 1.0)]
    ups = [Sample(UP, {"installation": who, "process": "projector"}, 1.0) for who in ("delta", "riverbend")]
    assert set(fired(RULES["AccordNotMeasured"]["expr"], [], [*measured, *ups])) == {of("riverbend")}


def of(installation: str) -> frozenset[tuple[str, str]]:
    return frozenset({("installation", installation)})


def test_every_alert_but_that_on_nothing_at_all_tells_installations_apart() -> None:
    for name, rule in RULES.items():
        gathered = re.findall(r"\b(?:max|min|sum|count)\b(?! by \(installation)", rule["expr"])
        assert not gathered, name
    for _, panels in dashboards.DASHBOARDS.values():
        assert not [one.title for one in panels if re.search(r"\b(?:max|min|sum)\b(?! by \(installation)", one.expr)]


@pytest.mark.parametrize("urgency", ALERTS)
def test_the_alerts_on_processes_name_those_of_the_table(urgency: str) -> None:
    named = re.findall(r"process=~\"([a-z|]+)\"", RULES[ALERTS[urgency]]["expr"])
    assert named == ["|".join(one.name for one in PROCESSES if one.urgency == urgency)]
    assert RULES[ALERTS[urgency]]["labels"]["severity"] == urgency


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed: Prometheus does not read them")
def test_prometheus_reads_the_alerts() -> None:
    told = subprocess.run(["promtool", "check", "rules", str(ALERTS_FILE)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_dashboards_are_as_their_table_makes_them() -> None:
    kept = {file.stem: file.read_text("utf-8") for file in dashboards.FOLDER.glob("*.json")}
    assert kept == {uid: dashboards.written(uid) for uid in dashboards.DASHBOARDS}


def test_every_alert_has_its_runbook_and_every_runbook_its_alert() -> None:
    named = {rule["annotations"]["runbook_url"] for rule in RULES.values()}
    there = {f"accord runbook {name}" for name in runbooks()}
    assert named <= there
    assert there - named == {f"accord runbook {name}" for name in FOUND_BY_PEOPLE}


def test_every_alert_says_what_it_counts_and_how_soon_it_matters() -> None:
    for name, rule in RULES.items():
        assert rule["labels"]["severity"] in {"page", "ticket"}, name
        assert len(rule["annotations"]["summary"]) > 40, name
