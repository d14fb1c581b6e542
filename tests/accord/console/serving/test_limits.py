"""Whoever asks too often waits, and nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accord.web import limits
from accord.web.limits import Rate, RateLimits

Visit = Callable[[str], Any]
TWO_AT_ONCE = Rate(at_once=2, a_minute=6)


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def asked(clock: list[float]) -> RateLimits:
    return RateLimits(lambda: clock[0])


def test_so_many_at_once_and_then_so_many_a_minute(asked: RateLimits, clock: list[float]) -> None:
    waits = [asked.wait("femi.ade", TWO_AT_ONCE) for _ in range(3)]
    assert waits == [0, 0, 11]
    clock[0] += 10
    assert asked.wait("femi.ade", TWO_AT_ONCE) == 0
    assert asked.wait("femi.ade", TWO_AT_ONCE) > 0
    clock[0] += 3600
    assert [asked.wait("femi.ade", TWO_AT_ONCE) > 0 for _ in range(3)] == [False, False, True]


def test_one_does_not_wait_for_another_nor_one_kind_for_another(asked: RateLimits) -> None:
    for _ in range(3):
        asked.wait("femi.ade", TWO_AT_ONCE)
    assert asked.wait("ana.silva", TWO_AT_ONCE) == 0
    assert asked.wait("femi.ade", Rate(1, 1)) == 0


def test_it_remembers_no_more_than_it_may(asked: RateLimits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KNOWN", 3)
    for number in range(10):
        asked.wait(f"somebody.{number}", TWO_AT_ONCE)
    assert len(asked._buckets) == 3


@pytest.mark.slow
async def test_whoever_empties_lists_is_told_when_to_come_back(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.web.access.EXPORTS", Rate(1, 1))
    visitor, other = await visit("vera.lind"), await visit("noor.haddad")
    assert (await visitor.get("/people?format=csv")).status_code == 200
    refused = await visitor.get("/people?format=csv")
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert "asked too often" in refused.text
    assert (await visitor.get("/people")).status_code == 200
    assert (await other.get("/people?format=csv")).status_code == 200
