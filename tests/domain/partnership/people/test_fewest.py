"""As few people as the rules allow lead a grant, and no two parts of one of them exclude each other."""

from __future__ import annotations

from itertools import combinations

import pytest

from domain.directory.directory import GUARDIANS
from domain.directory.roles import Role
from domain.directory.tiers import FIRST_RULES, TWO, most_asked, quorum_of
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.fewest import BESIDE_APPROVALS, FEWEST_GUARDIANS, can_lead, fewest_staff, first_staff
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.values import Money

Quorum = tuple[Role, ...]
THREE = (*TWO, Role.DIRECTOR)
FOUR = (*TWO, Role.VERIFIER, Role.COUNSEL)


@pytest.mark.parametrize(("quorum", "count"), [(TWO, 5), (THREE, 6), (FOUR, 7)], ids=["two", "three", "four"])
def test_the_fewest_people_follow_from_who_approves(quorum: Quorum, count: int) -> None:
    """Whoever proposes, approves, calls back and pays are different people; who approves may sign and report."""
    people = [member.parts for member in fewest_staff(quorum)]
    assert len(people) == count
    parts = [part for person in people for part in person]
    assert set(parts) == {*BESIDE_APPROVALS, Part.APPROVED}
    for person in people:
        for one, other in combinations(person, 2):
            assert not any(other in duty.parts for duty in EXCLUDES.get(one, ()))
            assert not any(one in duty.parts for duty in EXCLUDES.get(other, ()))


@pytest.mark.parametrize("quorum", [TWO, THREE, FOUR])
def test_each_of_them_has_the_roles_of_their_parts_and_two_can_replace_the_key_of_a_third(quorum: Quorum) -> None:
    staff = fewest_staff(quorum)
    for step in PROCEDURE.values():
        takers = [member for member in staff if step.part in member.parts and step.part in BESIDE_APPROVALS]
        assert all(step.roles.intersection(member.roles) for member in takers), step.name
    approvers = [member.roles for member in staff if Part.APPROVED in member.parts]
    assert all(role in roles for roles, role in zip(approvers, quorum, strict=True))
    assert sum(not GUARDIANS.isdisjoint(member.roles) for member in staff) >= FEWEST_GUARDIANS


@pytest.mark.parametrize("quorum", [TWO, THREE, FOUR])
def test_none_of_them_can_be_spared(quorum: Quorum) -> None:
    people = [frozenset(member.roles) for member in fewest_staff(quorum)]
    assert can_lead(people, quorum)
    assert not any(can_lead([*people[:place], *people[place + 1 :]], quorum) for place in range(len(people)))


@pytest.mark.parametrize("elevated", [False, True])
@pytest.mark.parametrize("amount", ["1.00", "10000.00", "10000.01", "9000000.00"])
def test_the_first_people_can_approve_any_sum_by_the_first_rules(amount: str, elevated: bool) -> None:
    """Given the people and rules that a founding is offered, then no sum and no risk is beyond them."""
    people = [frozenset(member.roles) for member in first_staff()]
    quorum = quorum_of(Money(amount=amount, currency="USD"), FIRST_RULES, elevated)
    assert can_lead(people, quorum)
    assert not can_lead(people[:-1], quorum)


def test_five_people_do_for_two_approvals_and_for_no_more() -> None:
    five = [frozenset(member.roles) for member in fewest_staff(TWO)]
    assert (can_lead(five, TWO), can_lead(five, most_asked(FIRST_RULES))) == (True, False)


def test_whoever_has_every_role_still_has_one_part_where_parts_exclude_each_other() -> None:
    everybody = frozenset(Role)
    assert not can_lead([everybody] * 4, TWO)
    assert can_lead([everybody] * 5, TWO)
    assert not can_lead([everybody - {Role.PAYER}] * 20, TWO)
