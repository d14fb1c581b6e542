"""Operators' news: probes that name the missing part, gauges of delays, lines without personal data."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, cast

import httpx
import pytest
from temporalio.common import MetricMeter

from accord.client.desk import Desk
from accord.operations.health import InstallationStatus
from accord.operations.measuring import (
    BACKLOG,
    GAUGES,
    REGISTER_DAYS,
    WHEN,
    Measurements,
    days_left,
    entries_explained,
    numbers,
    read_numbers,
    rescreening_age,
)
from accord.operations.processes.probes import CannotListen, probes
from deploy.embedded.ports import free_port
from ledger import clock

STATUS = InstallationStatus(
    7, {"a": 2, "b": 3}, ["P-1"], ["P-2", "P-3"], ["a", "b", "c"], [], [], [5], ["irs-bmf (after 2026-12-01)"], 4,
    [],
)  # fmt: skip


async def test_every_gauge_has_its_number(desk: Desk) -> None:
    measured = numbers(STATUS) | await read_numbers(desk) | await rescreening_age(desk, clock.now())
    measured |= await entries_explained(desk)
    assert measured.keys() == GAUGES.keys()
    assert list(numbers(STATUS).values()) == [7, 5, 1, 2, 3, 0, 1, 1, 4]


class Meter:
    """A memory of gauges."""

    def __init__(self) -> None:
        self.said: dict[str, int] = {}

    def create_gauge(self, name: str, _description: str) -> Gauge:
        return Gauge(name, self.said)


class Gauge(NamedTuple):
    """A gauge of that meter."""

    name: str
    said: dict[str, int]

    def set(self, number: int, labels: Mapping[str, str] | None = None) -> None:
        self.said[" ".join((self.name, *(labels or {}).values()))] = number


@pytest.fixture
async def port() -> int:
    return free_port()


async def asked(port: int, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as asking:
        return await asking.get(f"http://127.0.0.1:{port}{path}", timeout=20)


async def fine() -> str:
    return ""


async def away() -> str:
    raise ConnectionError("the address of somebody's database")


async def test_who_reaches_everything_is_ready_and_who_does_not_says_what_is_missing(port: int) -> None:
    async def late() -> str:
        return "being indexed"

    async with probes("127.0.0.1", port, {"database": fine}):
        assert [(one.status_code, one.text) for one in (await asked(port, "/live"), await asked(port, "/ready"))] == [
            (200, "lives\n"),
            (200, "ready\n"),
        ]
        assert (await asked(port, "/anything")).status_code == 404
    async with probes("127.0.0.1", port, {"database": away, "lists": late, "temporal": fine}):
        told = await asked(port, "/ready")
        assert (told.status_code, told.text) == (503, "database: ConnectionError; lists: being indexed\n")
        assert (await asked(port, "/live")).status_code == 200


async def test_a_check_that_hangs_is_told_and_holds_nobody_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.operations.processes.probes.PATIENCE", 0.2)

    async def hangs() -> str:
        await asyncio.Event().wait()
        return ""

    async with probes("127.0.0.1", port, {"temporal": hangs}):
        answers = await asyncio.gather(*(asked(port, "/ready") for _ in range(5)))
        assert {(one.status_code, one.text) for one in answers} == {(503, "temporal: no answer within 0 seconds\n")}


@pytest.mark.parametrize("rubbish", [b"", b"\r\n\r\n", b"GET\r\n\r\n", b"\xff\xfe / HTTP\r\n\r\n", b"x" * 70_000])
async def test_rubbish_is_no_fault_of_the_process(port: int, rubbish: bytes) -> None:
    async with probes("127.0.0.1", port, {"database": fine}):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(rubbish)
        writer.write_eof()
        await reader.read()
        writer.close()
        assert (await asked(port, "/live")).status_code == 200


async def test_an_address_that_is_taken_is_said(port: int) -> None:
    async with probes("127.0.0.1", port, {}):
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port} cannot be listened at"):
            async with probes("127.0.0.1", port, {}):
                pass


@pytest.mark.slow
async def test_the_worker_measures_what_status_says(desk: Desk) -> None:
    meter = Meter()
    await Measurements(desk, cast(MetricMeter, meter)).once()
    registers = {f"{REGISTER_DAYS} {one}" for one in await days_left(desk)}
    backlogs = {f"{BACKLOG} accord", f"{BACKLOG} accord-rules"}
    assert meter.said.keys() == GAUGES.keys() | WHEN.keys() | registers | backlogs
    assert (meter.said["accord_events"] > 0, len(registers) > 3) == (True, True)


async def test_a_register_that_is_too_old_has_no_days_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2200, 1, 1))
    assert set((await days_left(desk)).values()) == {0}
