"""Worked cases C190 to C209: what a release waits for, sums, gifts, and politics (rules 4.9 to 4.12)."""

from __future__ import annotations

from typing import Any, Final

from tests.domain.policy.cases import WITH_CONDITIONS, Case, Facts, all_three
from tests.domain.policy.language import paid_to_charity
from tests.domain.policy.restating import Restated

BARRED: Final = {name: {"BARRIER_MET"} for name in ("P", "F", "X")}
BARRIER: Final = "The county council has matched the grant"


def grant(**leg: Any) -> Facts:
    """Money goes out to a listed public charity."""
    return lambda profile: paid_to_charity(profile, **leg)


CASES: Final[tuple[Case, ...]] = (
    Case("C190", "a conditional grant, and its barrier names no payment", grant(barrier=BARRIER),
         **all_three(WITH_CONDITIONS), conditions=BARRED),
    Case("C190", "the same, and the barrier names the first", grant(barrier=BARRIER, barrier_holds=[1]),
         **all_three(WITH_CONDITIONS), conditions=BARRED),
)  # fmt: skip

RESTATED: Final[tuple[Restated, ...]] = ()
