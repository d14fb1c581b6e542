"""The gates' answer on a draft, and the decision on it that waits to be signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from accord.client.foresight import ApprovalsForeseen, approvals_of, findings_on, refusal_before_signing
from accord.client.sight import Sight, make_command
from accord.client.sight import draft as drafted
from accord.console.deciding.acts import closed_to
from accord.console.deciding.prepared import Waiting
from accord.console.proposing.content import Reading, read_draft
from accord.console.proposing.drafts import Draft
from accord.console.proposing.pages import Missing, placed, with_path
from accord.console.proposing.ticks import is_on
from accord.console.serving.desk import Console
from accord.presentation import form_content
from accord.presentation.faults import BadInput, Failure, Refused
from accord.presentation.refusals import closed_by_role, refusal_in_words
from accord.presentation.words.proposal.remedies import PATTERNS, said_plainly
from accord.presentation.words.proposal.seldom import EVERY
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import Directory
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.proposal.completeness import Lack, always_asked, lacks_so_far
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.findings import Assessment, Outcome, digest
from domain.proposal import Proposal
from domain.signatures.signing import Shown
from ledger import clock

CHANGE: Final = "Change what is proposed"


def change_closed(partnership: Partnership, reader: str, directory: Directory) -> Fault | None:
    """Return the reason why a reader may not change, or answer for, what is proposed now, or None."""
    return closed_to(_changes(partnership, reader), partnership, directory, clock.today())


def beginning_closed(reader: str, directory: Directory) -> Fault | None:
    """Return the reason why a reader may not propose anything, or None."""
    names = NamesInWords(directory)
    if frozen := directory.freezing(reader):
        return Fault(refusal_in_words(frozen, names))
    return closed_by_role(PROCEDURE[c.Propose].roles, reader, names, clock.today())


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


class Foresight(NamedTuple):
    """The lacks of a draft or, without any lack, the rules' answer on it."""

    missing: tuple[Missing, ...] = ()
    """What the first gate would refuse it for, each with its place."""
    needed: Mapping[str, str] = {}
    """The optional fields that are asked of every such proposal, each with another that will do as well, or ''."""
    reading: Reading = Reading({}, {})
    assessment: Assessment | None = None
    approvals: ApprovalsForeseen | None = None
    """Who would have to approve it."""

    @property
    def sums(self) -> Mapping[str, str]:
        """By the path of a sum that was typed: as it is read."""
        return self.reading.sums


async def foreseen(console: Console, reader: str, draft: Draft) -> Foresight:
    """Return the refusals of the first gate or, without that, the rules' answer on it."""
    directory = await console.desk.directory()
    rules, reading = directory.rules, read_draft(draft)
    lacks = lacks_so_far(reading.content, rules)
    needed = dict(_needed(always_asked(reading.content, rules)))
    faults = [*reading.faults, *((lack.field, _asked_for(lack)) for lack in lacks), *_without_words(draft)]
    if reading.proposal is not None and not faults:
        refused = await _refused(console, reader, draft, reading.proposal)
        faults = [(path, said_plainly(NamesInWords(directory).within(words))) for path, words in refused]
    if reading.proposal is None or faults:
        return Foresight(placed(draft, faults, bool(rules and rules.objectives)), needed, reading)
    assessment = await findings_on(console.desk, reading.proposal)
    approvals = await approvals_of(console.desk, reading.proposal, assessment.outcome is Outcome.REFER)
    return Foresight((), needed, reading, assessment, approvals)


def _asked_for(lack: Lack) -> str:
    """Return the remedy where the first gate finds nothing."""
    name = lack.field.rpartition(".")[2]
    return PATTERNS[name] if name in PATTERNS else said_plainly(lack.words)


def _without_words(draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield each tick that asks for words, as long as there are none: it would say nothing."""
    for tick in EVERY:
        if tick.kind == "text" and is_on(draft.content, tick) and not form_content.at(draft.content, tick.path):
            yield tick.path, "say it, or take the tick away"


def _needed(lacks: Sequence[Lack]) -> Iterator[tuple[str, str]]:
    for lack in lacks:
        yield lack.field, lack.instead
        if lack.instead:
            yield lack.instead, lack.field


async def _refused(console: Console, reader: str, draft: Draft, proposal: Proposal) -> list[tuple[str, str]]:
    """Return the refusal that the decision on a complete draft would get now, with its path, or nothing."""
    command: c.StaffRequest
    try:
        sight = await _base_of(console, draft, proposal)
        if sight is None:
            content = {"command_id": UUID(int=0), "at": clock.now(), "actor": reader, "proposal": proposal}
            command, partnership = drafted(c.Propose, **content), Partnership(partnership_id=proposal.reference)
        else:
            if not draft.reason and sight.partnership.stage is not Stage.PROPOSED:
                return [("reason", "say why")]
            command, partnership = _command(sight, reader, draft, proposal), sight.partnership
    except (BadInput, Refused) as fault:
        return [with_path(line) for line in _lines_of(fault)]
    refusal = await refusal_before_signing(console.desk, partnership, command)
    return [with_path(str(refusal))] if refusal is not None else []


def _lines_of(fault: Failure) -> list[str]:
    """Return the lines of a fault, without the one that counts the others."""
    lines = [line.strip() for line in str(fault).splitlines()]
    return lines[1:] or lines


async def waiting_for(console: Console, reader: str, draft: Draft, proposal: Proposal) -> Waiting:
    """Return the decision on a draft that waits for its author's key. The first gate would refuse nothing of it.

    Raises:
        BadInput: Its content cannot be a decision.
        Refused: What it was begun from was changed since.
    """
    sight = await _base_of(console, draft, proposal)
    command: c.StaffRequest
    if sight is None:
        command, snapshot = await console.desk.first_proposal(proposal, reader), None
    else:
        command = _command(sight, reader, draft, proposal)
        snapshot = Shown(version=sight.version, position=sight.position, terms=sight.terms)
    statement = command.statement(proposal.reference, snapshot).within((await console.desk.directory()).log)
    return Waiting(partnership_id=proposal.reference, command=command, statement=statement, draft=draft.name)


async def _base_of(console: Console, draft: Draft, proposal: Proposal) -> Sight | None:
    """Return the proposal that a draft changes, as it stands, or None for a new proposal.

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
    taken_over = {"submission": draft.submission} if draft.submission is not None else {}
    if sight.partnership.stage is Stage.PROPOSED:
        answer = {"proposal": proposal, "answer": draft.answer or None}
        return make_command(sight, c.Propose, reader, {**answer, **taken_over})
    call = {"called": draft.called or None, "unanswered": bool(draft.unanswered)}
    content = {"proposal": proposal, "reason": draft.reason, **call, **taken_over}
    return make_command(sight, c.Amend, reader, content)
