"""A command is one trace, from the shell that gives it to the append that records it, and no word leaves with it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from accord.client.desk import Desk
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.stack import Stack
from deploy.logins import Login
from deploy.tracing import tracing
from deploy.variables import NotConfigured
from records.keys.keyring import Keyring
from tests.accord.shell import SAMPLE_PROPOSAL
from tests.conftest import Office
from tests.servers import temporal_apart
from tests.test_worker import lines_until, settings, start
from tests.waiting import until


class Received(NamedTuple):
    """A collector's receipts: the spans, and every byte."""

    spans: list[Span]
    content: list[bytes]


@contextmanager
def collector() -> Iterator[tuple[str, Received]]:
    """A collector of traces on loopback: its address, and what it gets."""
    got = Received([], [])

    class Collects(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            got.content.append(content)
            for resource in ExportTraceServiceRequest.FromString(content).resource_spans:
                for scope in resource.scope_spans:
                    got.spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Collects) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}", got
        server.shutdown()


def above(spans: list[Span], span: Span) -> list[str]:
    """The names of a span and of those above it in its trace, up to the command's."""
    by_id = {one.span_id: one for one in spans}
    found = [span]
    while parent := by_id.get(found[-1].parent_span_id):
        found.append(parent)
    return [one.name for one in found]


@pytest.mark.slow
async def test_a_proposal_is_one_trace_from_the_shell_to_the_append_without_its_words(
    stack: Stack, office: Office, keyring: Keyring, desk: Desk, tmp_path: Path
) -> None:
    """Given a traced shell and worker, when one proposes, then one trace leads to the append, and names nobody."""
    paper = tmp_path / "proposal.toml"
    paper.write_text(SAMPLE_PROPOSAL, "utf-8")
    with collector() as (address, got):
        async with temporal_apart() as client:
            traced = {"TEMPORAL_ADDRESS": client.service_client.config.target_host, "ACCORD_TRACES": address}
            worker = await start(**settings(stack, office) | traced)
            await lines_until(worker, "working")
            staff = {"ACCORD_DATABASE_URL": office.url_of(Login.STAFF), "ACCORD_KEYS": str(keyring.folder)}
            words = ("-m", "accord", "propose", str(paper), "--as", "pia.berg")
            shell = await start(*words, **settings(stack, office) | staff | traced)
            said, wrong = await shell.communicate()
            assert shell.returncode == 0, (said, wrong)
            await until(lambda: _told(desk))
            worker.send_signal(signal.SIGTERM)
            await worker.communicate()
    chains = [above(got.spans, one) for one in got.spans if one.name == "append"]
    assert any(chain == ["append", "command propose"] for chain in chains), chains
    everything = b"".join(got.content)
    for word in (b"Riverbend", b"pia.berg", b"Traceback"):
        assert word not in everything


async def _told(desk: Desk) -> bool:
    return await desk.ledger.head() > 0


@pytest.mark.slow
async def test_a_collector_that_is_away_delays_a_command_by_no_more_than_its_patience(
    stack: Stack, office: Office
) -> None:
    away = {"ACCORD_TRACES": f"http://{LOOPBACK}:{free_port()}"}
    shell = await start("-m", "accord", "payloads", "status", **settings(stack, office) | away)
    said, wrong = await asyncio.wait_for(shell.communicate(), 60)
    assert shell.returncode == 0, (said, wrong)
    assert b"Traceback" not in wrong


def test_an_address_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_TRACES", "collector:4318")
    with pytest.raises(
        NotConfigured,
        match="ACCORD_TRACES: what is written there is no address; write one such as http://collector:4318",
    ):
        tracing()
