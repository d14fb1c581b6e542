"""A short form of `make fuzz`: a few hundred inputs for every parser, and only its own refusal comes back."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.mutations import mutated
from tests.fuzz.run import OwnRefusal, fault_of, fuzz
from tests.fuzz.targets import Target, targets

TARGETS = targets()


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_rubbish_is_refused_in_the_parsers_own_way(target: Target) -> None:
    chance = random.Random(f"{target.name} of every day")  # noqa: S311 - seeded inputs, not secrets
    for _ in range(300):
        fault = fault_of(target, mutated(chance, target.seeds))
        assert fault is None or isinstance(fault, OwnRefusal), repr(fault)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_what_is_mutated_is_good_to_begin_with(target: Target) -> None:
    """Otherwise a parser would refuse everything at its first byte. A receipt's checkpoint is of another event."""
    refusals = [fault_of(target, seed) for seed in target.seeds]
    assert refusals == [None] * len(refusals) or target.name in {"receipt", "account, JSON", "proposal, TOML"}


def test_a_parser_that_crashes_is_a_fault() -> None:
    """Given a parser that stumbles over one byte, when it is fed enough, then the run names it."""

    def stumbles(content: bytes) -> None:
        if b"\xff" in content:
            raise IndexError("out of range")

    finding = fuzz(Target("stumbling", (b"a good text",), stumbles, (ValueError,), lambda count: b"a" * count), 500, 1)
    assert any("crashed with IndexError" in fault for fault in finding.faults)
