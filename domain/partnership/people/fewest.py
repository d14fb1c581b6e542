"""The fewest people who can lead a grant from its proposal to its accepted report, and keep the organisation itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from domain.directory.directory import GUARDIANS
from domain.directory.tiers import FIRST_RULES, Role, most_asked
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.payment.account import MAY_VOUCH

BESIDE_APPROVALS: Final = (
    Part.PROPOSED, Part.CALLED_BACK, Part.RELEASED, Part.ACCEPTED, Part.REPORTED, Part.SIGNED,
)  # fmt: skip
"""The parts that every grant with a payment and a report needs once. Those with most exclusions come first."""

FEWEST_GUARDIANS: Final = 3
"""Two whom it does not concern sign each change of people and keys: of two guardians, neither could get another key."""

_EVERY_ROLE: Final = frozenset(Role)
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


class _Step(NamedTuple):
    """A part in a grant, and the roles for it."""

    part: Part
    roles: frozenset[Role]


class _Taker(NamedTuple):
    """A person with their roles and parts."""

    roles: frozenset[Role]
    parts: Person = ()


def fewest_staff(quorum: Sequence[Role]) -> tuple[FewestMember, ...]:
    """Return as few people as can lead a grant with this quorum, each with the roles for their parts.

    Three of them are guardians, so that two can replace the key of the third.
    """
    approvals = iter(quorum)
    staff = [FewestMember(_roles(parts, approvals), parts) for parts in _fewest_people(quorum)]
    guardian_count = sum(not GUARDIANS.isdisjoint(member.roles) for member in staff)
    for place, (roles, parts) in enumerate(staff):
        may_guard = GUARDIANS.isdisjoint(roles) and Part.APPROVED not in parts  # who approves has enough to sign
        if guardian_count < FEWEST_GUARDIANS and may_guard:
            staff[place] = FewestMember((*roles, Role.AUDITOR), parts)
            guardian_count += 1
    return tuple(staff)


def first_staff() -> tuple[FewestMember, ...]:
    """Return the fewest people for any grant by the rules offered at a founding."""
    return fewest_staff(most_asked(FIRST_RULES))


def can_lead(people: Iterable[frozenset[Role]], quorum: Sequence[Role]) -> bool:
    """True if people with these roles can share all parts of a grant with this quorum."""
    takers = tuple(_Taker(roles) for roles in people)
    # What few may take comes first: what nobody can take is found at once.
    steps = sorted(_steps(quorum), key=lambda step: sum(not step.roles.isdisjoint(taker.roles) for taker in takers))
    return _shared(tuple(steps), takers) is not None


def _steps(quorum: Sequence[Role]) -> tuple[_Step, ...]:
    return (
        *(_Step(Part.APPROVED, frozenset({role})) for role in quorum),
        *(_Step(part, _MAY_TAKE.get(part, _EVERY_ROLE)) for part in BESIDE_APPROVALS),
    )


def _roles(parts: Person, approvals: Iterable[Role]) -> tuple[Role, ...]:
    """Return the roles for some parts: of the approvals one after the other, of the rest as few as possible."""
    roles = [role for _, role in zip((part for part in parts if part is Part.APPROVED), approvals, strict=False)]
    for part in parts:
        choices = _MAY_TAKE.get(part, frozenset())
        if choices.isdisjoint(roles) and choices:
            roles.append(Role.VERIFIER if Role.VERIFIER in choices else min(choices))
    return tuple(roles)


def _fewest_people(quorum: Sequence[Role]) -> tuple[Person, ...]:
    """Return the parts of each person, for as few people as can lead a grant."""
    steps = _steps(quorum)
    for count in range(1, len(steps)):
        if (takers := _shared(steps, (_Taker(_EVERY_ROLE),) * count)) is not None:
            return tuple(taker.parts for taker in takers)
    return tuple((step.part,) for step in steps)


def _shared(steps: tuple[_Step, ...], takers: tuple[_Taker, ...]) -> tuple[_Taker, ...] | None:
    """Return the people with all of these parts, or None if they cannot share them."""
    if not steps:
        return takers
    step, *rest = steps
    tried = set[_Taker]()
    for place, taker in enumerate(takers):
        if (
            taker in tried
            or step.roles.isdisjoint(taker.roles)
            or any(_exclude(step.part, part) for part in taker.parts)
        ):
            continue
        tried.add(taker)  # another person with the same roles and parts would do no better
        further = taker._replace(parts=(*taker.parts, step.part))
        if shared := _shared(tuple(rest), (*takers[:place], further, *takers[place + 1 :])):
            return shared
    return None


def _exclude(part: Part, second_part: Part) -> bool:
    return any(
        second in duty.parts
        for first, second in ((part, second_part), (second_part, part))
        for duty in EXCLUDES.get(first, ())
    )
