"""Refusals to the person who reads: when an act opens and to whom, or what to do. The domain's own words stay as told.

What follows from a stage and from roles is said from them. Every other refusal is the domain's sentence in the words
of pages.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from accord.presentation.words.closed import IDLE, OPENS, OVER
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.days import day_in_words
from accord.presentation.words.proposal.remedies import said_plainly, with_article
from accord.presentation.words.values import NamesInWords, listed
from domain.directory.tiers import Role
from domain.errors import DomainError
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.admission import admit_under_hold
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership

_ORDER: Final = tuple(Stage)
MOST_NAMED: Final = 4
"""People who are named one by one. More are told by their roles."""


def refusal_in_words(fault: object, names: NamesInWords) -> str:
    """Return the domain's refusal in the words of pages."""
    return as_sentence(names.within(said_plainly(str(fault))))


def closed_by_stage(command: type[c.StaffCommand], partnership: Partnership, names: NamesInWords) -> Fault | None:
    """Return the time at which an act opens and its people, or why it is over, where the stage closes it."""
    stage, stages = partnership.stage, PROCEDURE[command].stages
    if stage in stages or partnership.proposal is None:
        return None
    later = [one for one in _ORDER if one in stages and _ORDER.index(one) > _ORDER.index(stage)]
    if partnership.ended or not later:
        ending = OVER.get(stage, "")
        return Fault(f"{ending}. Only what is still owed is open." if partnership.ended else f"{ending}: this is over.")
    if stage is Stage.PROPOSED and partnership.question:
        return Fault(f"Opens once {_answering(partnership, names)}.")
    return Fault(f"Opens to {people_with_roles(PROCEDURE[command].roles, names)} {OPENS[later[0]]}.")


def _answering(partnership: Partnership, names: NamesInWords) -> str:
    who = names.people(list(partnership.proposers), "or") or "its proposer"
    return f"{who} has mended what a rule forbids" if partnership.is_to_cure else f"{who} has answered the question"


def closed_by_role(roles: frozenset[Role], reader: str, names: NamesInWords, on: date) -> Fault | None:
    """Return the people who may take an act, where the reader holds none of its roles, own or lent."""
    if not roles.isdisjoint(capacity.role for capacity in names.directory.capacities(reader, on)):
        return None
    who = people_with_roles(roles, names)
    return Fault(f"This is for {who}. Your role does not include it.")


def people_with_roles(roles: frozenset[Role], names: NamesInWords) -> str:
    """Return the people who hold one of these roles, by name if they are few, else by their roles."""
    people = [member.name for member in names.directory.staff if not roles.isdisjoint(member.roles)]
    if 0 < len(people) <= MOST_NAMED:
        return listed(people, "or")
    kinds = [with_article(role) for role in Role if role in roles]
    return listed(kinds, "or") if len(roles) < len(Role) - 1 else "anybody but an auditor"


def closed_by_hold(partnership: Partnership, probe: c.StaffRequest, names: NamesInWords) -> Fault | None:
    """Return the people who can lift the holds that stop an act, where a hold closes it."""
    try:
        admit_under_hold(partnership, probe)
    except DomainError:
        hold, several = partnership.holds[0], len(partnership.holds) > 1
        who = people_with_roles(PROCEDURE[c.LiftHold].roles, names)
        on = f" on {day_in_words(hold.at)}" if hold.at else ""
        what = f"all {len(partnership.holds)} holds are lifted" if several else "the hold is lifted"
        return Fault(f"{names.person(hold.actor)} put it on hold{on}. Opens once {what}, by {who}.")
    return None


def _roles(command: type[c.StaffCommand], partnership: Partnership) -> frozenset[Role]:
    """Return the roles that can take an act now: for an approval those that are still missing."""
    if command is not c.Approve:
        return PROCEDURE[command].roles
    missing = frozenset({*partnership.missing_approvals, *partnership.to_renew})
    return frozenset({Role.VERIFIER}) if partnership.stage is Stage.ELIGIBILITY else missing or PROCEDURE[command].roles


def _nothing_to_do(command: type[c.StaffCommand], partnership: Partnership) -> Fault | None:
    """Return the reason where there is nothing that an act could be about, else None."""
    is_there, words = IDLE.get(command, (lambda _: True, ""))
    return None if is_there(partnership) else Fault(words)


def closing_reason(
    fault: Fault, partnership: Partnership, probe: c.StaffRequest, names: NamesInWords, on: date
) -> Fault:
    """Return the reason for which an act is closed, with its remedy. `fault`: the domain's own refusal."""
    command = type(probe)
    return (
        closed_by_stage(command, partnership, names)
        or closed_by_role(_roles(command, partnership), probe.actor, names, on)
        or _nothing_to_do(command, partnership)
        or closed_by_hold(partnership, probe, names)
        or Fault(refusal_in_words(str(fault).replace(partnership.partnership_id, "this partnership"), names))
    )
