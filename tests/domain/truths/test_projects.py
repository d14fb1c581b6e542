"""Partnerships of one project are found through each other, as far as verifiers found them to be one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.screening.truths import TruthKind
from domain.truths.projects import one_project_with
from domain.truths.touching import known_truths
from domain.truths.truth import Truth
from records.truths import ALIKE
from tests.builders import number, proposal
from tests.domain.truths.test_truths import answered, folded, told

A, B, C, D, E = (f"P-2026-000{each}" for each in range(1, 6))


def pair(one: str, other: str, *answers: bool) -> Truth:
    truth = number(f"{one} {other}")
    events = [told(kind=TruthKind.ONE_PROJECT, partnership_id=one, other=other)]
    return folded(*events, *(answered(so) for so in answers))._replace(truth=truth)


def test_a_project_reaches_through_a_third() -> None:
    truths = (pair(A, B, True), pair(C, B, True), pair(D, E, True))
    assert one_project_with(truths, A) == {B, C}
    assert one_project_with(truths, E) == {D}


@pytest.mark.parametrize("answers", [(), (False,), (True, False)])
def test_what_no_verifier_found_or_a_paper_refuted_joins_nothing(answers: tuple[bool, ...]) -> None:
    assert one_project_with((pair(A, B, *answers),), A) == frozenset()


def test_each_of_the_two_knows_the_other_and_nobody_else_is_touched() -> None:
    truth = pair(A, B, True)
    seen = {each: known_truths((truth,), proposal(each), ALIKE) for each in (A, B, C)}
    assert {each: [one.told.partition(",")[0] for one in seen[each]] for each in seen} == {
        A: [f"one project with {B}"], B: [f"one project with {A}"], C: [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {"kind": TruthKind.ONE_PROJECT},
        {"kind": TruthKind.ONE_PROJECT, "partnership_id": A},
        {"kind": TruthKind.ONE_PROJECT, "partnership_id": A, "other": A},
        {"kind": TruthKind.ONE_PROJECT, "other": A},
        {"kind": TruthKind.USE, "partnership_id": A, "other": B},
    ],
)
def test_one_project_is_of_two_partnerships_and_nothing_else_is(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="--with: one project is of two partnerships"):
        told(**said)  # type: ignore[arg-type]
