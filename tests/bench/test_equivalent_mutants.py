"""Changes that no test can notice are listed with their reasons, and each of them can still be made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.mutation.equivalent import (
    IDENTITY,
    IN_IDENTITY,
    IN_LOADING,
    IN_RULES,
    IN_SCREENING,
    LOADING,
    SCREENING,
)
from bench.mutation.mutants import POLICY, all_mutants

ROOT = Path(__file__).resolve().parents[2]


EXPLAINED = [(POLICY, IN_RULES), (IDENTITY, IN_IDENTITY), (LOADING, IN_LOADING), (SCREENING, IN_SCREENING)]


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("package", "explained"), EXPLAINED)
def test_each_change_that_is_explained_can_be_made(package: Path, explained: Mapping[str, str]) -> None:
    """An explanation of a line that is gone explains nothing."""
    mutants = all_mutants(ROOT, package == POLICY, package)
    names = {name for mutant in mutants for name in (mutant.key, f"{mutant.path} {mutant.scope}")}
    assert set(explained) - names == set()
