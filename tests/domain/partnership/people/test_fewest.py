"""As few people as the rules allow lead a grant, and no two parts of one of them exclude each other."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest

from domain.directory.directory import GUARDIANS
from domain.directory.roles import Role
from domain.directory.tiers import HouseRules, Tier
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.fewest import BESIDE_APPROVALS, FEWEST_GUARDIANS, fewest_people, fewest_staff
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE

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


@pytest.mark.parametrize("quorum", [(), BOTH, (*BOTH, Role.DIRECTOR), (*BOTH, Role.VERIFIER, Role.COUNSEL)])
def test_each_of_them_has_the_roles_of_their_parts_and_two_can_replace_the_key_of_a_third(
    quorum: tuple[Role, ...],
) -> None:
    staff = fewest_staff(rules(quorum) if quorum else None)
    assert tuple(member.parts for member in staff) == fewest_people(rules(quorum) if quorum else None)
    for step in PROCEDURE.values():
        takers = [member for member in staff if step.part in member.parts and step.part in BESIDE_APPROVALS]
        assert all(step.roles.intersection(member.roles) for member in takers), step.name
    approvers = [member.roles for member in staff if Part.APPROVED in member.parts]
    assert all(role in roles for roles, role in zip(approvers, quorum or BOTH, strict=True))
    assert sum(not GUARDIANS.isdisjoint(member.roles) for member in staff) >= FEWEST_GUARDIANS
