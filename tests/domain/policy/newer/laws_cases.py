"""Worked cases C130 to C149: what a cleared question leaves standing, and what a private foundation must ask."""

from __future__ import annotations

from typing import Final

from tests.domain.policy.cases import Case
from tests.domain.policy.restating import Restated

CASES: Final[tuple[Case, ...]] = ()

RESTATED: Final[tuple[Restated, ...]] = ()
