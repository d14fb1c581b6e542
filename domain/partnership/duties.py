"""Separation of duties: the parts in a partnership that exclude each other. Nobody decides alone (R31, R36, R40).

One table holds every exclusion. `accord/audit/present.py` repeats the checks in code of its own on purpose, and a test
compares both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.errors import SeparationOfDuties
from domain.partnership.events import ACCORD
from domain.partnership.state import Partnership
from domain.partnership.taking_part import Part


class Duty(NamedTuple):
    """Parts that exclude another one, and the message of the refusal."""

    parts: frozenset[Part]
    refusal: str
    """A format string with `{who}`, the person, and `{what}`, the partnership."""


_APPROVES: Final = (
    Duty(frozenset({Part.PROPOSED}), "{who} proposed {what} and may not approve it"),
    Duty(frozenset({Part.CALLED_BACK}), "{who} verified the bank details; another person must approve"),
    Duty(frozenset({Part.RELEASED}), "{who} paid in this partnership; another person must approve"),
    Duty(frozenset({Part.APPROVED}), "{who} already approved; another person must give the next approval"),
)

EXCLUDES: Final[Mapping[Part, tuple[Duty, ...]]] = MappingProxyType(
    {
        Part.PROPOSED: (
            Duty(
                frozenset({Part.CLEARED, Part.CALLED_BACK, Part.RELEASED, Part.ACCEPTED}),
                "{who} verified or paid in {what} and does not change what it proposes",
            ),
        ),
        Part.CLEARED: _APPROVES,
        Part.APPROVED: (
            *_APPROVES,
            Duty(frozenset({Part.CLEARED}), "{who} cleared the referral; another person must approve"),
        ),
        Part.CALLED_BACK: (
            Duty(
                frozenset({Part.PROPOSED, Part.CLEARED, Part.APPROVED, Part.RELEASED}),
                "{who} verified the account and has another part in this partnership",
            ),
        ),
        Part.RELEASED: (
            Duty(
                frozenset({Part.PROPOSED, Part.CLEARED, Part.APPROVED, Part.CALLED_BACK, Part.SIGNED, Part.ACCEPTED}),
                "{who} proposed, verified, approved, signed or accepted a report of this and may not pay it",
            ),
        ),
        Part.REPORTED: (
            Duty(frozenset({Part.ACCEPTED}), "{who} judged a report of {what}; another person files the next"),
        ),
        Part.ACCEPTED: (
            Duty(frozenset({Part.REPORTED}), "{who} filed a report of {what}; another person accepts or returns it"),
            Duty(frozenset({Part.PROPOSED}), "{who} proposed {what}; another person accepts or returns its reports"),
            Duty(frozenset({Part.RELEASED}), "{who} paid in {what}; another person accepts or returns its reports"),
        ),
        Part.FILED: (Duty(frozenset({Part.PROPOSED}), "{who} proposed {what}; another person files its papers"),),
        Part.LIFTED: (Duty(frozenset({Part.HELD}), "{who} placed the hold; another person must lift it"),),
    }
)
"""By part: the parts that exclude it. Whoever has one of those may not take the part."""


def people_with(partnership: Partnership, part: Part) -> frozenset[str]:
    """Return the people who have a part in the partnership now, and those who lent them the role for it."""
    hold = partnership.hold
    people: Mapping[Part, tuple[str, ...]] = {
        Part.PROPOSED: partnership.proposers,
        Part.CLEARED: (
            partnership.verifier,
            partnership.verifier_for,
            *(one.actor for one in partnership.cleared_since),
        ),
        Part.APPROVED: tuple(name for one in partnership.approvals for name in (one.actor, one.on_behalf_of)),
        Part.CALLED_BACK: (partnership.account_verifier,),
        Part.SIGNED: (partnership.signatory,),
        Part.RELEASED: partnership.payers,
        Part.REPORTED: tuple(one.actor for one in partnership.reporting.filed),
        Part.ACCEPTED: tuple(one.judged_by for one in partnership.reporting.filed),
        Part.HELD: (hold.actor, *hold.before) if hold is not None else (),
    }
    return frozenset(people.get(part, ())) - {"", ACCORD}


def barred_from(partnership: Partnership, part: Part) -> frozenset[str]:
    """Return the people who may not take a part, since they have another one that excludes it."""
    duties = EXCLUDES.get(part, ())
    return frozenset().union(*(people_with(partnership, one) for duty in duties for one in duty.parts))


def require_free(partnership: Partnership, person: str, part: Part, renewed: frozenset[Part] = frozenset()) -> None:
    """Raise SeparationOfDuties if a person has a part that excludes this one. `renewed`: own parts taken once more."""
    for duty in EXCLUDES.get(part, ()):
        if any(person in people_with(partnership, one) for one in duty.parts - renewed):
            raise SeparationOfDuties(duty.refusal.format(who=person, what=partnership.partnership_id))
