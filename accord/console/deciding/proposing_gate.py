"""What the gates would say of a draft, and the decision on it that waits to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accord.client.foresight import findings_on
from accord.client.sight import Sight, make_command
from accord.console.deciding.acts import closed_to
from accord.console.deciding.drafts import Draft
from accord.console.deciding.prepared import Waiting
from accord.console.deciding.proposing_content import read_draft
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from domain.directory.directory import Directory, role_fault
from domain.errors import DomainError
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.admission import admit
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.findings import Assessment, digest
from domain.proposal import Proposal
from domain.signing import Shown
from ledger import clock

CHANGE: Final = "Change what is proposed"


def change_closed(partnership: Partnership, reader: str, directory: Directory) -> Fault | None:
    """Return the reason why a reader may not change, or answer for, what is proposed now, or None."""
    return closed_to(CHANGE, _changes(partnership, reader), partnership, directory, clock.today())


def beginning_closed(reader: str, directory: Directory) -> Fault | None:
    """Return the reason why a reader may not propose anything, or None."""
    if frozen := directory.freezing(reader):
        return frozen
    return role_fault(directory, reader, "propose", PROCEDURE[c.Propose].roles, clock.today())


def _changes(partnership: Partnership, reader: str) -> list[c.StaffRequest]:
    """Return the changes about which the state is asked: one is enough. A hold lets through what tells a party anew."""
    envelope = {"command_id": UUID(int=0), "at": clock.now(), "actor": reader}
    before = partnership.proposed
    if partnership.stage is Stage.PROPOSED:
        answer = "as it stands" if partnership.is_asked else None
        return [c.Propose(**envelope, proposal=before, answer=answer)]
    told_anew = before.partner.model_copy(update={"also_known_as": (*before.partner.also_known_as, "Another name")})
    changes = ({"title": f"{before.title}, changed"}, {"partner": told_anew})
    return [c.Amend(**envelope, proposal=before.model_copy(update=change), reason="as it stands") for change in changes]


@dataclass(frozen=True, slots=True)
class Foresight:
    """The faults of a draft as it stands, or the rules' answer on it."""

    proposal: Proposal | None = None
    faults: tuple[tuple[str, str], ...] = ()
    """Each with the path of its field, or '' for the whole."""
    assessment: Assessment | None = None


async def foreseen(console: Console, draft: Draft) -> Foresight:
    """Return the faults of a draft or, without any, the rules' answer on it."""
    proposal, faults = read_draft(draft)
    if proposal is None:
        return Foresight(faults=faults)
    try:
        return Foresight(proposal, assessment=await findings_on(console.desk, proposal))
    except BadInput as fault:
        return Foresight(proposal, faults=(("funds_out.funder", str(fault)),))


async def waiting_for(console: Console, reader: str, draft: Draft, proposal: Proposal) -> Waiting:
    """Return the decision on a draft that waits for its author's key. Raises BadInput or Refused if there is none."""
    sight = await _base_of(console, draft, proposal)
    command: c.StaffRequest
    if sight is None:
        command, snapshot = await console.desk.first_proposal(proposal, reader), None
    else:
        command = _command(sight, reader, draft, proposal)
        snapshot = Shown(version=sight.version, position=sight.position, terms=sight.terms)
        try:
            admit(sight.partnership, command)
        except DomainError as refusal:
            raise Refused(str(refusal), type(refusal).__name__) from refusal
    statement = command.statement(proposal.reference, snapshot).within((await console.desk.directory()).log)
    return Waiting(partnership_id=proposal.reference, command=command, statement=statement, draft=draft.name)


async def _base_of(console: Console, draft: Draft, proposal: Proposal) -> Sight | None:
    """Return what a draft changes, as it stands, or None for a new proposal.

    Raises:
        BadInput: Its reference is another partnership's.
        Refused: What it was begun from was changed since.
    """
    sight = await console.desk.sight(proposal.reference)
    if sight is None and not draft.amends:
        return None
    if sight is None or draft.amends not in {"", sight.partnership_id}:
        raise BadInput(f"reference: this changes {draft.amends}, so leave its reference as it is")
    if not draft.amends:
        raise BadInput(f"reference: {proposal.reference} is proposed already; take another, or change it from its page")
    if digest(sight.partnership.proposed) != draft.base:
        raise Refused(
            f"{draft.amends} was changed since you began this draft, which would undo that: begin another one from "
            "its page"
        )
    return sight


def _command(sight: Sight, reader: str, draft: Draft, proposal: Proposal) -> c.StaffRequest:
    """Return the decision on what a draft changes: proposed again where it came back, and amended else."""
    if sight.partnership.stage is Stage.PROPOSED:
        return make_command(sight, c.Propose, reader, {"proposal": proposal, "answer": draft.answer or None})
    return make_command(sight, c.Amend, reader, {"proposal": proposal, "reason": draft.reason})
