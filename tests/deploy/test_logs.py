"""Logs are read by machines and by people who may not know whom we pay: one JSON object a line, nothing personal."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.logs import ALLOWED
from tests.test_rooms import rooms

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import logging
import structlog
from deploy.logs import configure_logs

configure_logs()
ours, theirs = structlog.get_logger("ours"), logging.getLogger("theirs")

ours.info("known keys", workflow_id="partnership/P-2026-0042", run_id="r1", attempt=2, task_queue="a", reason="why")
ours.info("unknown keys", iban="NL91SECRET", payee="SECRET Ltd", reason="why")
ours.info("two\\nlines\\u2028three")
ours.debug("too much detail")
theirs.debug("too much detail")
theirs.warning("foreign %s", "text")
theirs.info(
    "in a workflow",
    extra={
        "temporal_workflow": {"workflow_id": "w1", "run_id": "r1", "workflow_type": "Partnership", "input": "SECRET"},
        "iban": "NL91SECRET",
    },
)
theirs.info("in an activity", extra={"temporal_activity": {"activity_type": "append", "attempt": 3, "args": "SECRET"}})
try:
    raise LookupError("no account NL91SECRET")
except LookupError as fault:
    ours.exception("ours failed")
    ours.error("ours failed by hand", exc_info=fault)
    theirs.exception("theirs failed")
    theirs.error("theirs failed with its stack", exc_info=True, stack_info=True)
ours.error("nothing failed", exc_info=True)
ours.info("no JSON of its own", reason=object())
"""


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """The lines of a process of its own on standard error, so that no other test's logging is touched."""
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr.split("\n")[:-1]


@pytest.fixture(scope="module")
def logged(lines: list[str]) -> dict[str, dict[str, Any]]:
    """The lines, by what happened."""
    parsed = [json.loads(line) for line in lines]
    return {line["event"]: line for line in parsed}


def test_every_line_is_one_json_object_with_a_time_a_level_and_a_logger(lines: list[str]) -> None:
    assert len(lines) == 12
    for line in lines:
        parsed = json.loads(line)
        assert {"timestamp", "level", "logger", "event"} <= parsed.keys()
        assert line == json.dumps(parsed, sort_keys=True)


def test_known_keys_are_kept(logged: dict[str, dict[str, Any]]) -> None:
    line = logged["known keys"]
    assert (line["workflow_id"], line["run_id"], line["attempt"]) == ("partnership/P-2026-0042", "r1", 2)
    assert (line["task_queue"], line["reason"], line["level"], line["logger"]) == ("a", "why", "info", "ours")


def test_unknown_keys_are_dropped(logged: dict[str, dict[str, Any]]) -> None:
    assert logged["unknown keys"].keys() == {"timestamp", "level", "logger", "event", "reason"}


def test_nothing_secret_reaches_a_log(lines: list[str]) -> None:
    assert not [line for line in lines if "SECRET" in line]


def test_a_librarys_line_looks_like_ours(logged: dict[str, dict[str, Any]]) -> None:
    line = logged["foreign text"]
    assert (line["level"], line["logger"]) == ("warning", "theirs")


def test_the_ids_that_temporal_attaches_are_kept(logged: dict[str, dict[str, Any]]) -> None:
    line = logged["in a workflow"]
    assert (line["workflow_id"], line["run_id"], line["workflow_type"]) == ("w1", "r1", "Partnership")
    assert (logged["in an activity"]["activity_type"], logged["in an activity"]["attempt"]) == ("append", 3)


@pytest.mark.parametrize(
    "event", ["ours failed", "ours failed by hand", "theirs failed", "theirs failed with its stack"]
)
def test_an_exception_is_named_and_its_text_and_trace_are_dropped(
    logged: dict[str, dict[str, Any]], event: str
) -> None:
    assert logged[event]["error"] == "LookupError"
    assert logged[event].keys() == {"timestamp", "level", "logger", "event", "error"}


def test_no_exception_has_no_name(logged: dict[str, dict[str, Any]]) -> None:
    assert "error" not in logged["nothing failed"]


def test_detail_is_not_logged(logged: dict[str, dict[str, Any]]) -> None:
    assert "too much detail" not in logged


LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def keys_of_our_lines() -> Iterator[tuple[str, str]]:
    """Each key that a line of the product's own gives, and where."""
    files = [file for room in sorted(rooms()) for file in sorted((ROOT / room).rglob("*.py"))]
    for file in (ROOT / "worker.py", *files):
        tree = ast.parse(file.read_text("utf-8"))
        ours = {_bound_to(node) for node in ast.walk(tree)} - {""}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and (_logs(call.func) or getattr(call.func, "id", "") in ours):
                yield from ((one.arg, f"{file.relative_to(ROOT)}:{call.lineno}") for one in call.keywords if one.arg)


def _logs(called: ast.AST) -> bool:
    """True if it is one of the log's ways to write a line, such as `log.info`."""
    of_log = isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "log"
    return of_log and getattr(called, "attr", "") in LEVELS


def _bound_to(node: ast.AST) -> str:
    """The name bound to one of them, as in `tell = log.error if late else log.info`, or ''."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.IfExp(body=body)) if _logs(body):
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _logs(value):
            return name
        case _:
            return ""


@pytest.mark.slow
def test_no_key_of_our_own_lines_is_dropped() -> None:
    """A part of our line that the log drops is read by nobody: the reason why a projector begins again, for example."""
    given = list(keys_of_our_lines())
    assert len(given) > 20
    dropped = [f"{key} ({where})" for key, where in given if key not in ALLOWED]
    assert not dropped, ", ".join(dropped)


FAILING = """
import asyncio
from types import SimpleNamespace

from accord.operations import notifying
from deploy.logs import configure_logs
from records.read_models import projectors

configure_logs()
projectors.POLL = notifying.EVERY = 0.0
faults = []


async def fails(*_):
    raise faults.pop()


async def main():
    global faults
    unforeseen, untold = LookupError("no account NL91SECRET"), notifying.NotDelivered("the address answered 500")
    projecting, notifier = SimpleNamespace(projection=projectors.ALL[0], forever=fails), SimpleNamespace(tell=fails)
    for begin, fault in (
        (lambda: projectors._keep(projecting), unforeseen),
        (lambda: notifying.Notifier.forever(notifier), unforeseen),
        (lambda: notifying.Notifier.forever(notifier), untold),
    ):
        faults = [asyncio.CancelledError(), fault]
        try:
            await begin()
        except asyncio.CancelledError:
            pass


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def failed() -> list[str]:
    """The lines of a projector and a notifier that fail over an account, and of a notifier that nobody answers."""
    command = [sys.executable, "-c", FAILING]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr.splitlines()
    events = [json.loads(line)["event"] for line in said]
    assert events == ["failed, and begins again", *["not told yet, and tried again"] * 2]
    return said


@pytest.mark.slow
def test_what_nobody_foresaw_is_told_by_its_kind_and_not_by_its_text(failed: list[str]) -> None:
    assert ["LookupError" in line for line in failed] == [True, True, False]
    assert "SECRET" not in "".join(failed)


@pytest.mark.slow
def test_why_a_notice_was_not_told_is_told(failed: list[str]) -> None:
    assert "the address answered 500" in failed[-1]
