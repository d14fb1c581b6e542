"""The parts in a partnership that exclude each other: one table, which needs nothing of a partnership itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.partnership.people.taking_part import Part


class Duty(NamedTuple):
    """Duties: parts that exclude another one, and the message of the refusal."""

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
        Part.LIFTED: (
            Duty(
                frozenset({Part.HELD}),
                "{who} placed the hold; another person must lift it: a DIRECTOR or FINANCE_APPROVER",
            ),
        ),
    }
)
"""By part: the parts that exclude it. Whoever has one of those may not take the part."""
