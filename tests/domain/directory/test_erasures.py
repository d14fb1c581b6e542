"""The worth of an event without its names follows from the list of two guardians, person by person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.directory.erasures import ErasureApproval, Erasures, EventWorth
from domain.directory.personal import ErasureApproved
from ledger.model import STRAY
from tests.builders import number
from tests.domain.recorded.test_events import BY

ROSA, ABEL = number("Rosa"), number("Abel")
LEAF, OTHER = "ab" * 32, "cd" * 32


def approval(
    position: int, actor: str, *listed: tuple[int, str], person: UUID = ROSA, old: bool = False
) -> ErasureApproval:
    events: Any = None if old else tuple({"position": at, "leaf": leaf} for at, leaf in listed)
    said = {**BY, "actor": actor, "person": person, "reason": "She asked for it"}
    return ErasureApproval(position, ErasureApproved(**said, events=events))


BOTH = approval(20, "dora.kim", (7, LEAF)), approval(21, "otto.audit", (7, LEAF), (9, OTHER))


@pytest.mark.parametrize(
    ("approvals", "position", "leaf", "people", "standing"),
    [
        pytest.param(BOTH, 7, LEAF, {ROSA}, EventWorth.PROVED, id="listed by two"),
        pytest.param(BOTH, 9, OTHER, {ROSA}, EventWorth.FORGED, id="listed by one"),
        pytest.param(BOTH, 7, OTHER, {ROSA}, EventWorth.FORGED, id="another leaf"),
        pytest.param(BOTH, 8, LEAF, {ROSA}, EventWorth.FORGED, id="another position"),
        pytest.param(BOTH, 7, LEAF, {ABEL}, EventWorth.FORGED, id="another person"),
        pytest.param(BOTH, 7, LEAF, {ROSA, ABEL}, EventWorth.FORGED, id="one of two people"),
        pytest.param(BOTH, 7, LEAF, {ROSA, STRAY}, EventWorth.FORGED, id="another mark beside the name"),
        pytest.param((BOTH[0], BOTH[0]), 7, LEAF, {ROSA}, EventWorth.FORGED, id="one guardian twice"),
        pytest.param((), 7, LEAF, {STRAY}, EventWorth.FORGED, id="a mark and nothing else"),
        pytest.param((), 7, LEAF, set(), EventWorth.PROVED, id="nothing blanked"),
    ],
)
def test_an_event_is_believed_as_far_as_two_listed_it(
    approvals: tuple[ErasureApproval, ...], position: int, leaf: str, people: set[Any], standing: EventWorth
) -> None:
    assert Erasures(approvals).standing(position, leaf, {str(one) for one in people}) is standing


OLD = approval(20, "dora.kim", old=True), approval(30, "otto.audit", old=True)


@pytest.mark.parametrize(
    ("approvals", "position", "standing"),
    [
        pytest.param(OLD, 29, EventWorth.UNPROVED, id="before the second approval"),
        pytest.param(OLD, 31, EventWorth.FORGED, id="after it"),
        pytest.param(OLD[:1], 7, EventWorth.FORGED, id="one approval"),
        pytest.param((*OLD, *BOTH), 6, EventWorth.FORGED, id="not in the list that came later"),
        pytest.param((*OLD, *BOTH), 7, EventWorth.PROVED, id="in it"),
        pytest.param((OLD[0], BOTH[1]), 7, EventWorth.FORGED, id="one approval of each kind"),
    ],
)
def test_an_erasure_that_listed_nothing_proves_nothing_and_takes_nothing_away(
    approvals: tuple[ErasureApproval, ...], position: int, standing: EventWorth
) -> None:
    assert Erasures(approvals).standing(position, LEAF, {str(ROSA)}) is standing
