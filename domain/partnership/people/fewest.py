"""The fewest people who can lead a grant from its proposal to its accepted report, and keep the organisation itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from domain.directory.directory import GUARDIANS
from domain.directory.tiers import HouseRules, Role
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.payment.account import MAY_VOUCH

BESIDE_APPROVALS: Final = (
    Part.PROPOSED, Part.CALLED_BACK, Part.RELEASED, Part.ACCEPTED, Part.REPORTED, Part.SIGNED,
)  # fmt: skip
"""The parts that every grant with a payment and a report needs once. Those with most exclusions come first."""

LEAST_QUORUM: Final = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
"""The approvals of an organisation that has no rules of its own yet."""

FEWEST_GUARDIANS: Final = 3
"""Two whom it does not concern sign each change of people and keys: of two guardians, neither could get another key."""

_MAY_TAKE: Final[Mapping[Part, frozenset[Role]]] = {
    Part.CALLED_BACK: MAY_VOUCH,
    **{step.part: step.roles for step in PROCEDURE.values() if step.part in BESIDE_APPROVALS},
}
"""The roles for each part, by the tables that decide. An approval needs the role that the tier names."""

Person = tuple[Part, ...]


class FewestMember(NamedTuple):
    """One of as few people as the rules allow: their roles and their parts."""

    roles: tuple[Role, ...]
    parts: Person


def fewest_staff(rules: HouseRules | None) -> tuple[FewestMember, ...]:
    """Return as few people as the rules allow at the smallest sum, each with the roles that their parts ask for.

    Three of them are guardians, so that two can replace the key of the third.
    """
    quorum = iter(_smallest_quorum(rules))
    staff = [FewestMember(_roles(parts, quorum), parts) for parts in fewest_people(rules)]
    guardian_count = sum(not GUARDIANS.isdisjoint(member.roles) for member in staff)
    for place, (roles, parts) in enumerate(staff):
        may_guard = GUARDIANS.isdisjoint(roles) and Part.APPROVED not in parts  # who approves has enough to sign
        if guardian_count < FEWEST_GUARDIANS and may_guard:
            staff[place] = FewestMember((*roles, Role.AUDITOR), parts)
            guardian_count += 1
    return tuple(staff)


def _smallest_quorum(rules: HouseRules | None) -> tuple[Role, ...]:
    return min((tier.quorum for tier in rules.tiers), key=len) if rules is not None else LEAST_QUORUM


def _roles(parts: Person, quorum: Iterable[Role]) -> tuple[Role, ...]:
    """Return the roles for some parts: of the approvals one after the other, of the rest as few as possible."""
    approvals = zip((part for part in parts if part is Part.APPROVED), quorum, strict=False)
    roles = [role for _, role in approvals]
    for part in parts:
        choices = _MAY_TAKE.get(part, frozenset())
        if choices.isdisjoint(roles) and choices:
            roles.append(Role.VERIFIER if Role.VERIFIER in choices else min(choices))
    return tuple(roles)


def fewest_people(rules: HouseRules | None) -> tuple[Person, ...]:
    """Return the parts of each person, for as few people as the rules allow at the smallest sum."""
    parts = (*(Part.APPROVED,) * len(_smallest_quorum(rules)), *BESIDE_APPROVALS)
    for count in range(1, len(parts) + 1):
        if people := _shared(parts, ((),) * count):
            return people
    return tuple((part,) for part in parts)


def _shared(parts: tuple[Part, ...], people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return so many people with all of these parts, or none if they are too few."""
    if not parts:
        return people
    first, *rest = parts
    for place, person in enumerate(people):
        if any(_exclude(first, part) for part in person):
            continue
        if shared := _shared(tuple(rest), (*people[:place], (*person, first), *people[place + 1 :])):
            return shared
        if not person:  # any other person without a part would do no better
            break
    return ()


def _exclude(part: Part, second_part: Part) -> bool:
    return any(
        second in duty.parts
        for first, second in ((part, second_part), (second_part, part))
        for duty in EXCLUDES.get(first, ())
    )
