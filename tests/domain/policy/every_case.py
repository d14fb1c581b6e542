"""All worked cases: those of the first editions, and those that edition 2026.4 is decided by."""

from __future__ import annotations

from typing import Final

from tests.domain.policy.cases import CASES
from tests.domain.policy.later_cases import LATER

EVERY: Final = (*CASES, *LATER)
