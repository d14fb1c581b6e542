"""A worker whose polls are refused is begun anew, also where the SDK never ends the polls of the one before."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from accord.runs import polling
from accord.runs.polling import FatalFault, poll
from accord.runs.preparing import prepare
from deploy.connections import temporal_answer


class FakeServer:
    """The client of a server, which only its namespace is asked of."""

    namespace = "accord"


async def connect() -> Client:
    return cast(Client, FakeServer())


async def test_work_that_ends_by_itself_ends_the_polls() -> None:
    async def serve(_: Client, __: FatalFault) -> None:
        return

    await poll(connect, serve, asyncio.Event())


async def test_polls_that_never_end_begin_the_program_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a worker that was refused and is told so, when it does not end, then the program begins anew."""
    monkeypatch.setattr(polling, "LONGEST_END", timedelta(seconds=0.05))
    restarts: list[str] = []

    async def serve(_: Client, on_fault: FatalFault) -> None:
        await on_fault(RuntimeError("Poll failure: the namespace is gone"))
        await asyncio.Event().wait()

    class Restarted(Exception):
        """The program would be another one from here on."""

    def restart() -> None:
        restarts.append("anew")
        raise Restarted

    with pytest.raises(Restarted):
        await poll(connect, serve, asyncio.Event(), restart)
    assert restarts == ["anew"]


@activity.defn
async def idle() -> None:
    """Do nothing: a worker has something to poll for."""


async def test_a_worker_whose_namespace_is_gone_is_refused_by_the_server_and_served_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a server without the namespace, when the SDK's worker polls there, then its fault is known as a refusal."""
    monkeypatch.setattr(polling, "RETRY_SECONDS", 0)
    gone, served = Client(client.service_client, namespace="gone"), list[str]()

    async def reach() -> Client:
        return gone

    async def serve(reached: Client, on_fault: FatalFault) -> None:
        served.append(reached.namespace)
        if len(served) == 1:
            await Worker(reached, task_queue="gone", activities=[idle], on_fatal_error=on_fault).run()

    await poll(reach, serve, asyncio.Event(), restart=lambda: pytest.fail("it began anew"))
    assert served == ["gone", "gone"]


async def test_a_namespace_that_is_gone_is_told_with_what_makes_it(client: Client) -> None:
    with pytest.raises(RPCError) as refused:
        await prepare(Client(client.service_client, namespace="gone"))
    assert "`accord setup` makes it" in temporal_answer(refused.value)


@pytest.mark.slow
async def test_a_worker_that_was_refused_and_ends_in_time_is_not_begun_anew() -> None:
    """Given a worker that ends after its fault, then the server is asked again, and the work goes on."""
    served: list[Any] = []

    async def serve(_: Client, on_fault: FatalFault) -> None:
        served.append(on_fault)
        if len(served) == 1:
            fault = RuntimeError("Poll failure: the namespace is gone")
            await on_fault(fault)
            raise fault

    await poll(connect, serve, asyncio.Event(), restart=lambda: pytest.fail("it began anew"))
    assert len(served) == 2
