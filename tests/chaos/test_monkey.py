"""The monkey's plan: reproducible, and whole before anything comes again."""

from __future__ import annotations

from tests.chaos.monkey import Fault, plan_of

NAMES = ("one", "two", "three", "four")
EVERY = {(name, fault) for name in NAMES for fault in Fault}


def test_the_faults_follow_from_the_seed_and_none_comes_again_before_all_have_come() -> None:
    plan = plan_of(1, NAMES, 20)
    assert plan == plan_of(1, NAMES, 20) != plan_of(2, NAMES, 20)
    assert set(plan[:8]) == set(plan[8:16]) == EVERY
    assert len(plan) == 20
