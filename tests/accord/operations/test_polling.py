"""A worker whose polls are refused is begun anew, also where the SDK never ends the polls of the one before."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from temporalio.client import Client

from accord.runs import polling
from accord.runs.polling import FatalFault, poll


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
