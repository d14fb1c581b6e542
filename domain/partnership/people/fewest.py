"""The fewest people who can lead a grant from its proposal to its accepted report, by the table of exclusions."""

from __future__ import annotations

from typing import Final

from domain.directory.tiers import HouseRules
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.taking_part import Part

BESIDE_APPROVALS: Final = (
    Part.PROPOSED, Part.CALLED_BACK, Part.RELEASED, Part.ACCEPTED, Part.REPORTED, Part.SIGNED,
)  # fmt: skip
"""The parts that every grant with a payment and a report needs once. Those with most exclusions come first."""

LEAST_QUORUM: Final = 2
"""The approvals of an organisation that has no rules of its own yet: programme and finance."""

Person = tuple[Part, ...]


def fewest_people(rules: HouseRules | None) -> tuple[Person, ...]:
    """Return the parts of each person, for as few people as the rules allow at the smallest sum."""
    quorum = min(len(tier.quorum) for tier in rules.tiers) if rules is not None else LEAST_QUORUM
    parts = (*(Part.APPROVED,) * quorum, *BESIDE_APPROVALS)
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
