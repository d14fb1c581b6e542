"""Each mutant names what is there: a mend that was moved or renamed would be hunted in vain."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mend_can_be_taken_out(mutant: Mutant) -> None:
    # given a mutant, which breaks a promise by what it puts in place of something
    assert mutant.breaks
    assert mutant.patches
    # when it is taken out, then all of that is there: `patch` raises AttributeError for what is not
    mutant.taken_out().close()
