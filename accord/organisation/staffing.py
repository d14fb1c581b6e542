"""Open work that nobody could do any more, before people leave or are recused (R31, R32)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from domain.directory.directory import Directory
from domain.directory.facts import with_facts
from domain.directory.people import DelegationEnded, Fact, StaffLeft, StaffRegistered
from domain.directory.tiers import Role
from domain.partnership.people.staffing import steps_ahead
from domain.partnership.people.steps import unmet
from domain.partnership.state import Partnership
from ledger import clock

_TAKES_AWAY: Final = (StaffLeft, StaffRegistered, DelegationEnded)
"""The facts that may take a role from somebody. A key is revoked at once, and what then waits is in `accord work`."""


class Shortage(NamedTuple):
    """The roles that nobody would hold any more, and the steps that nobody could take, in words."""

    roles: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


def takes_away(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts that may take a role from somebody."""
    return tuple(fact for fact in facts if isinstance(fact, _TAKES_AWAY))


def shortage_after(before: Directory, facts: Sequence[Fact], portfolio: Iterable[Partnership]) -> Shortage:
    """Return what nobody could do any more once facts are in force."""
    after = with_facts(before, facts)
    steps = tuple(step for partnership in portfolio for step in work_left(partnership, partnership, before, after))
    return Shortage(tuple(_roles_left(before, after)), steps)


def work_left(partnership: Partnership, becomes: Partnership, before: Directory, after: Directory) -> list[str]:
    """Return the steps that somebody can take now and nobody could afterwards, in words."""
    if partnership.ended:
        return []
    today = clock.today()
    already = {step_ahead.what for step_ahead in unmet(steps_ahead(partnership), before, today)}
    step_aheads = (
        step_ahead for step_ahead in unmet(steps_ahead(becomes), after, today) if step_ahead.what not in already
    )
    return [f"{partnership.partnership_id}: nobody could {step_ahead.what}" for step_ahead in step_aheads]


def _roles_left(before: Directory, after: Directory) -> Iterator[str]:
    for role in Role:
        holders = [member.staff_id for member in before.staff if role in member.roles]
        if holders and not any(role in member.roles for member in after.staff):
            yield f"nobody would hold {role.value} any more; {', '.join(holders)} was the last"
