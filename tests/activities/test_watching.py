"""A worker's repeated looks go on, whatever they meet."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from accord.runs.watching import watch
from ledger import LedgerUnavailable
from tests.waiting import BACKSTOP


@pytest.mark.parametrize(
    ("fault", "told"), [(LedgerUnavailable("it is away"), False), (KeyError("nobody foresaw this"), True)]
)
async def test_it_looks_again_after_a_fault(fault: Exception, told: bool, capsys: pytest.CaptureFixture[str]) -> None:
    looks, thrice = 0, asyncio.Event()

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise fault
        thrice.set() if looks == 3 else None

    watching = asyncio.create_task(watch("the tide", look, timedelta(0)))
    await asyncio.wait_for(thrice.wait(), BACKSTOP)
    watching.cancel()
    said = capsys.readouterr().out
    assert ("failed, and looks again" in said) is told
    assert (f"error={type(fault).__name__}" in said) is told  # by its kind: its text may name somebody
    assert "nobody foresaw" not in said
