"""As few people as the rules allow lead a grant, and no two parts of one of them exclude each other."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest

from domain.directory.roles import Role
from domain.directory.tiers import HouseRules, Tier
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.fewest import BESIDE_APPROVALS, fewest_people
from domain.partnership.people.taking_part import Part

BOTH = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)


def rules(*quorums: tuple[Role, ...]) -> HouseRules:
    limits = (*(Decimal(1000 * place) for place in range(1, len(quorums))), None)
    tiers = (Tier(currency="USD", up_to=up_to, quorum=quorum) for up_to, quorum in zip(limits, quorums, strict=True))
    return HouseRules(tiers=tuple(tiers))


@pytest.mark.parametrize(
    ("quorums", "count"),
    [((), 5), ((BOTH,), 5), (((*BOTH, Role.DIRECTOR),), 6), ((BOTH, (*BOTH, Role.DIRECTOR)), 5)],
    ids=["no rules yet", "two approve", "three approve", "two approve the smallest sum"],
)
def test_the_fewest_people_follow_from_the_smallest_quorum(quorums: tuple[tuple[Role, ...], ...], count: int) -> None:
    """Whoever proposes, approves, calls back and pays are different people; who approves may sign and report."""
    people = fewest_people(rules(*quorums) if quorums else None)
    assert len(people) == count
    parts = [part for person in people for part in person]
    assert set(parts) == {*BESIDE_APPROVALS, Part.APPROVED}
    for person in people:
        for one, other in combinations(person, 2):
            assert not any(other in duty.parts for duty in EXCLUDES.get(one, ()))
            assert not any(one in duty.parts for duty in EXCLUDES.get(other, ()))
