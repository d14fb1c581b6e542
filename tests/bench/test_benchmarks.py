"""The benchmarks run: a short form of each that needs no data but its own. What they measure, nobody asserts."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SHORT = {
    ("bench.lifecycle", "--count", "3", "--at-once", "3", "--rounds", "1"): ">=",
    ("bench.whatif", "--count", "50", "--rounds", "1"): ">=",
    ("bench.desk",): "12 of 12 finished",
    (
        "bench.door", "--forms", "20", "--seconds", "10", "--uploads", "45", "--megabytes", "1", "--submissions", "30",
    ): "30 of 30 receipts verify",
    ("bench.waiting", "--count", "40", "--people", "2", "--every", "0.1", "--rounds", "1"): "all looked again after",
}  # fmt: skip
"""Each with what only its report says: a target, or what it waited for."""


@pytest.mark.slow
@pytest.mark.parametrize(("command", "reported"), SHORT.items(), ids=[command[0] for command in SHORT])
async def test_a_benchmark_ends_with_its_table(command: tuple[str, ...], reported: str) -> None:
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await running.communicate()
    assert running.returncode == 0, told.decode()
    assert reported in told.decode()
