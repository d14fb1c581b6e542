"""Look up the authority behind a command in the directory: its signer's roles, and the people and funders it names.

This is the first of the three gates. A command without a valid signature is refused, whatever name it bears.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from activities.folding import FoldedPartnership
from domain.directory.directory import Directory
from domain.directory.one_key import one_key_fault, two_signers_fault
from domain.directory.people import StaffMember
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.partnership.circumstances import Authority
from domain.partnership.commands import (
    Amend,
    Approve,
    Assign,
    DeclareInterest,
    PlaceHold,
    Propose,
    RecallPayment,
    Release,
    SignAgreement,
    StaffRequest,
)
from domain.proposal import Funding
from ledger import clock
from records.directory import CLOCK_SKEW, DirectoryRepository, command_fault, is_doubted

LATEST_SIGNING: Final = timedelta(hours=1)
"""The greatest age of a signature on an approval, an agreement or a release: other periods run from its time."""


async def authority_of(
    command: StaffRequest, partnership: FoldedPartnership, directory: Directory, registrar: DirectoryRepository
) -> Authority:
    """Return the authority of a command's signer: their own and lent roles, or the reason of a refusal.

    `directory`: as it was read with the partnership. The second gate reads it once more.
    """
    try:
        return await _authority(command, partnership, directory, registrar)
    except ValueError as fault:  # a number or character that has no canonical form: a retry would not help
        return Authority(refusal=Fault(f"the decision cannot be read: {fault}"[:500]))


async def _authority(
    command: StaffRequest, folded_partnership: FoldedPartnership, directory: Directory, registrar: DirectoryRepository
) -> Authority:
    member = directory.person(command.actor)
    if member is None:
        return Authority(refusal=Fault(f"{command.actor!r} is not in the staff directory; see `accord staff list`"))
    # A hold stops money, whatever the clocks say.
    ledger_time = clock.now() if isinstance(command, PlaceHold) else await registrar.time()
    partnership_id = folded_partnership.partnership.partnership_id
    if apart := _fault_of_clocks(ledger_time):
        return Authority(refusal=apart)
    fault = command_fault(directory, command, partnership_id, folded_partnership.events, ledger_time)
    if frozen := directory.freezing(command.actor):
        return Authority(refusal=frozen)
    if fault := fault or _fault_of_time(command) or _fault_of_attempt(command):
        return Authority(refusal=Fault(f"the decision is not proved to be {command.actor}'s: {fault}"))
    if shared := _fault_of_key(command, folded_partnership, directory):
        return Authority(refusal=shared)
    return await _by_directory(command, member, directory, registrar)


async def authority_before_signing(
    command: StaffRequest, directory: Directory, registrar: DirectoryRepository
) -> Authority:
    """Return the authority that a command would have if its actor signed it now, or the reason of a refusal."""
    member = directory.person(command.actor)
    if member is None:
        return Authority(refusal=Fault(f"{command.actor!r} is not in the staff directory; see `accord staff list`"))
    if frozen := directory.freezing(command.actor):
        return Authority(refusal=frozen)
    return await _by_directory(command, member, directory, registrar)


async def _by_directory(
    command: StaffRequest, member: StaffMember, directory: Directory, registrar: DirectoryRepository
) -> Authority:
    """Return what the directory says of who asks, and of the people and funders that the command names."""
    account = command.account if isinstance(command, SignAgreement) else None
    return Authority(
        member=member,
        capacities=directory.capacities(command.actor, clock.today()),
        # Every command carries them into its history: models of keys are long, and no decision needs them.
        rules=directory.rules.model_copy(update={"models": (), "attested_only": False}) if directory.rules else None,
        account=await registrar.standing(account.reference) if account else None,
        unknown_people=_unknown_people(directory, command),
        no_verifiers=_no_verifiers(directory, command),
        **_funding(directory, command),
    )


def _fault_of_key(command: StaffRequest, partnership: FoldedPartnership, directory: Directory) -> Fault | None:
    """Return the reason to refuse a decision, or None: its key is another's too, or two people signed with one key.

    Earlier signatures with one key are looked for only before an agreement or a release.
    """
    if command.signature is not None and (
        fault := one_key_fault(
            directory, command.actor, command.signature, [recorded_event.event for recorded_event in partnership.events]
        )
    ):
        return fault
    if not isinstance(command, SignAgreement | Release):
        return None
    return two_signers_fault(
        recorded_event.event
        for recorded_event in partnership.events
        if not is_doubted(directory, getattr(recorded_event.event, "signature", None), recorded_event)
    )


def _fault_of_clocks(ledger_time: datetime) -> Fault | None:
    """Return a fault if the clocks here and of the database differ too much to judge by either, or None."""
    apart = abs(clock.now() - ledger_time)
    if apart <= CLOCK_SKEW:
        return None
    length = timedelta(seconds=round(apart.total_seconds()))
    return Fault(
        f"the clocks of the worker and of the database are {length} apart, so nobody's decision can be dated; set them"
        " right (`accord doctor` on each machine), and give it again"
    )


def _fault_of_time(command: StaffRequest) -> Fault | None:
    """Return the reason why a decision's date is refused, or None. Cooling-off periods start on that date."""
    now = clock.now()
    if isinstance(command, Approve | SignAgreement | Release) and command.at < now - LATEST_SIGNING:
        return Fault(f"it is dated {command.at:%Y-%m-%d %H:%M}; sign it again now")
    ahead = command.at > now + CLOCK_SKEW
    return Fault(f"it is dated in the future, {command.at:%Y-%m-%d %H:%M}; set the clock right") if ahead else None


def _fault_of_attempt(command: StaffRequest) -> Fault | None:
    """Return a fault if a release does not name its attempt, or None. A signature is valid for one payment only."""
    unsaid = isinstance(command, Release) and command.attempt is None
    if not unsaid:
        return None
    return Fault("it does not say which attempt to pay it is; sign it with the shell of this release")


def _unknown_people(directory: Directory, command: StaffRequest) -> tuple[str, ...]:
    match command:
        case DeclareInterest(interest=interest):
            staff_ids = {interest.person}
        case Assign(to=person) if person is not None:
            staff_ids = {person}
        case RecallPayment(responsible=person) if person is not None:
            staff_ids = {person}
        case Propose(proposal=proposal):
            staff_ids = {interest.person for interest in proposal.interests}
        case _:
            staff_ids = set()
    return tuple(sorted(name for name in staff_ids if directory.person(name) is None))


def _no_verifiers(directory: Directory, command: StaffRequest) -> tuple[str, ...]:
    """Return the people who are said to have read the papers of a proposal, and are no verifiers."""
    readers = command.proposal.readers if isinstance(command, Propose | Amend) else frozenset[str]()
    members = {name: directory.person(name) for name in readers}
    return tuple(
        sorted(name for name, member in members.items() if member is None or Role.VERIFIER not in member.roles)
    )


def _funding(directory: Directory, command: StaffRequest) -> dict[str, Any]:
    if not isinstance(command, Propose | Amend):
        return {}
    funder_ids = command.proposal.funder_ids
    funders = tuple(funder for name in funder_ids if (funder := directory.funder(name)) is not None)
    unknown = tuple(name for name in funder_ids if directory.funder(name) is None)
    return {
        "funding": Funding(funders=funders, others=directory.funders_beside(funder_ids)),
        "unknown_funders": unknown,
    }
