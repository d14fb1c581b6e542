"""`make fuzz`: so many inputs for every parser. It ends with 1 if one crashed, hung, took too much, or grew too fast.

A crash is any exception but the parser's own refusal. A parser hangs if an input of at most 64 KiB takes over two
seconds, takes too much if it keeps more than 64 MiB of memory at once, and grows too fast if eight times the input take
more than thirty times as long: linear work takes eight, quadratic work sixty-four.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Target, targets

SLOWEST: Final = 2.0
"""Seconds."""
MOST_MEMORY: Final = 64 * 1024 * 1024
MEASURED: Final = 200
"""Of so many inputs one has its memory measured: measuring slows a parser down several times."""
SMALL, LARGE, FASTEST_GROWTH = 40, 320, 30.0
REPEATS: Final = 5
MOST_SHOWN: Final = 20
out: Final = Console(highlight=False)


class Finding(NamedTuple):
    """What one parser did with its inputs."""

    target: str
    inputs: int
    read: int
    """How many it read, and did not refuse."""
    slowest: float
    memory: int
    growth: float
    faults: tuple[str, ...]


def main() -> int:
    """Feed every parser, print a table, and return 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000, help="for each parser")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    findings = [fuzz(target, chosen.inputs, chosen.seed) for target in targets()]
    table = Table("Parser", "Inputs", "Read", "Slowest, ms", "Most memory, KiB", "8 times the input")
    for one in findings:
        growth = f"{one.growth:.1f} times the time"
        table.add_row(one.target, f"{one.inputs:,}", f"{one.read:,}", f"{1000 * one.slowest:.1f}",
                      f"{one.memory // 1024:,}", growth)  # fmt: skip
    out.print(table)
    faults = [f"{one.target}: {fault}" for one in findings for fault in one.faults]
    for fault in faults[:MOST_SHOWN]:
        out.print(fault, markup=False, soft_wrap=True)
    out.print(f"faults: {len(faults)}")
    return 1 if faults else 0


def fuzz(target: Target, inputs: int, seed: int) -> Finding:
    """Feed a parser with so many mutated inputs, and with good ones that grow."""
    chance = random.Random(f"{target.name} {seed}")  # noqa: S311 - seeded inputs, not secrets
    read, slowest, memory, faults = 0, 0.0, 0, list[str]()
    for number in range(inputs):
        content = mutated(chance, target.seeds)
        measured = number % MEASURED == 0
        if measured:
            tracemalloc.start()
        began = time.process_time()
        fault = fault_of(target, content)
        seconds = time.process_time() - began
        if measured:
            memory = max(memory, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        else:
            slowest = max(slowest, seconds)
        read += fault is None
        faults += list(_faults(fault, content, 0.0 if measured else seconds))
    growth = growth_of(target)
    faults += [f"eight times the input took {growth:.0f} times as long"] if growth > FASTEST_GROWTH else []
    faults += [f"it kept {memory // 1024**2} MiB at once"] if memory > MOST_MEMORY else []
    return Finding(target.name, inputs, read, slowest, memory, growth, tuple(dict.fromkeys(faults)))


def fault_of(target: Target, content: bytes) -> Exception | None:
    """Return what a parser raised, or None."""
    try:
        target.parse(content)
    except target.refusals as refusal:
        return OwnRefusal(refusal)
    except Exception as fault:
        return fault
    return None


class OwnRefusal(Exception):
    """The parser refused its input, as it should."""


def _faults(fault: Exception | None, content: bytes, seconds: float) -> Iterator[str]:
    name = sha256(content).hexdigest()[:12]
    if fault is not None and not isinstance(fault, OwnRefusal):
        yield f"crashed with {type(fault).__name__}: {str(fault)[:120]} (input {name}: {content[:60]!r} ...)"
    if seconds > SLOWEST:
        yield f"took {seconds:.1f} s (input {name}, {len(content)} bytes)"


def growth_of(target: Target) -> float:
    """Return how many times as long a parser takes for eight times the input: the best of a few tries each."""
    small, large = (min(_seconds(target, target.grown(size)) for _ in range(REPEATS)) for size in (SMALL, LARGE))
    return large / max(small, 1e-5)


def _seconds(target: Target, content: bytes) -> float:
    began = time.process_time()
    fault_of(target, content)
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
