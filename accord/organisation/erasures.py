"""Erase people by crypto-shredding: two guardians approve it, and the key that encrypts the name is destroyed."""

from __future__ import annotations

from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from pydantic import ValidationError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.namelessness import require_nameless
from accord.organisation.truths import open_touched_by
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.input_files import faults_of
from accord.runs.refreshing_runs import SIGNAL as BEGIN_ANEW
from deploy.connections import temporal_answer
from domain.directory.directory import GUARDIANS, role_fault
from domain.directory.erasures import Erasures
from domain.directory.personal import BlankedEvent, ErasureApproved, ErasureContent, approvers, erasure_statement
from domain.errors import EventUnreadable
from domain.identity import derive
from domain.partnership.waiting.retention import names_kept
from domain.recorded.acts import OrganisationAct
from domain.signatures.signing import content_digest
from domain.streams import PARTNERSHIP_STREAMS, PRIVACY_STREAM, TRUTHS_STREAM, StreamId
from ledger import Ledger, StoredEvent, clock
from ledger.tree import leaf_of
from records.authorship import is_readable, judge_authorship
from records.codec import from_ledger
from records.directory_stream import Directories
from records.keys.verification import verified
from records.privacy.erasure import erase
from records.privacy.erasures import read_erasures
from records.privacy.sealed_texts import opened
from records.privacy.vault import NamedPerson, SharedName, StaleErasure, Vault
from records.read_models.open_partnerships import THE_LEDGER
from records.truths import read_truths


def partnerships_naming(person: NamedPerson) -> list[str]:
    """Return the ids of the partnerships whose events name a person."""
    streams = (stream for stream in person.streams if stream.startswith(PARTNERSHIP_STREAMS))
    return list(dict.fromkeys(StreamId(stream).subject for stream in streams))


async def require_guardian(desk: Desk, actor: str) -> None:
    """Raise Refused unless a person may approve erasures."""
    if fault := role_fault(await desk.directory(), actor, "erase anybody", GUARDIANS, clock.today()):
        raise Refused(str(fault), "NotAuthorised")


async def require_may_go(desk: Desk, person: NamedPerson) -> None:
    """Raise Refused while a partnership that names a person is open, or a rule asks that its records are kept.

    Nor may one go alone who stands together with a namesake somewhere.
    """
    if shared := await Vault(desk.pool).shared_by(person):
        raise Refused(f"{person.subject} has a namesake in the same partnership; first erase {shared!r}", "SharedName")
    await _require_answered(desk, person)
    partnerships = [await desk.known_partnership(partnership_id) for partnership_id in partnerships_naming(person)]
    if still := [partnership.partnership_id for partnership in partnerships if not partnership.ended]:
        raise Refused(f"{', '.join(still)} names them and is not ended; end it, or amend it without them", "StillOpen")
    for partnership in partnerships:
        if retention := names_kept(partnership, clock.today()):
            day = f"until {retention.until}" if retention.until is not None else "on"
            raise Refused(
                f"{partnership.partnership_id} names them, and its record {retention.record.value} is kept {day}: "
                f"{retention.why}; see `accord retention`",
                "MustBeKept",
            )


async def _require_answered(desk: Desk, person: NamedPerson) -> None:
    """Raise Refused while a truth under this name waits for its answer, or is so and stops an open partnership."""
    for truth in await read_truths(desk.reader) if TRUTHS_STREAM in person.streams else ():
        if truth.words.subject != person.subject or truth.fell:
            continue
        if truth.waits():
            raise Refused(f"{truth.name} names them and waits for an answer; let a verifier answer it", "StillOpen")
        if partnership_ids := await open_touched_by(desk, truth, THE_LEDGER):
            raise Refused(
                f"{truth.name} is so, and stands against {partnership_ids[0]}, which is not ended", "StillOpen"
            )


class Blanking(NamedTuple):
    """The effect that an erasure would have."""

    seen: int
    """The position up to which the ledger was read."""
    events: tuple[BlankedEvent, ...]
    """The events that bear the person's name, are whole, and are their author's: the guardians sign these."""
    left: tuple[int, ...]
    """The positions of those that are not: nobody will believe them once the name is gone."""


async def what_it_blanks(desk: Desk, person: NamedPerson) -> Blanking:
    """Verify each event that bears a person's name in full: its hash, its signature, and that it is read without it."""
    head, plain, vault = await desk.ledger.head(), Ledger(desk.pool), Vault(desk.pool)
    bearing, times = {*await vault.bearing(person)}, await desk.registrar.directories()
    erasures = await read_erasures(desk.ledger, times)
    events, remaining_positions = list[BlankedEvent](), list[int]()
    for stream in person.streams:
        stored_events = [event for event in await plain.read_stream(StreamId(stream)) if event.position in bearing]
        for event, stored_event in zip(stored_events, await desk.ledger.opened(stored_events), strict=True):
            if (
                leaf_of(event) == event.leaf
                and _is_its_authors(stored_event, times, erasures)
                and _is_read_without(event)
            ):
                events.append(BlankedEvent(position=event.position, leaf=event.leaf.hex()))
            else:
                remaining_positions.append(event.position)
    return Blanking(head, tuple(sorted(events, key=attrgetter("position"))), tuple(sorted(remaining_positions)))


def _is_its_authors(event: StoredEvent, times: Directories, erasures: Erasures) -> bool:
    try:
        return judge_authorship(event, times.at(event.position), erasures).fault is None
    except EventUnreadable:
        return False


def _is_read_without(event: StoredEvent) -> bool:
    """True if an event can be read once nobody's texts in it can: no more than names are encrypted in it."""
    return is_readable(event._replace(payload=opened(event.payload, {}).payload))


async def approve(desk: Desk, named_person: NamedPerson, blanking: Blanking, reason: str, actor: str) -> frozenset[str]:
    """Record the actor's signed approval of an erasure, unless it is recorded already, and return all approvers.

    One who approved it when fewer events named the person has not approved this.

    Raises:
        BadInput: The reason is not valid, for instance too short, or it names somebody.
        Refused: The actor may not approve erasures, or their key is not on this machine.
    """
    await require_nameless(desk, "reason", reason)
    stored_events = await desk.ledger.read_stream(PRIVACY_STREAM)
    events = [from_ledger(event).event for event in stored_events]
    guardians = approvers(events, named_person.person, blanking.events, await desk.directory(), verified)
    if actor in guardians:
        return guardians
    try:
        content = ErasureContent(
            at=clock.now(), actor=actor, person=named_person.person, reason=reason, events=blanking.events
        )
    except ValidationError as fault:
        raise BadInput(f"the approval has {faults_of(fault)}") from None
    events_digest = content_digest({"events": [event.model_dump(mode="json") for event in blanking.events]})
    command_id = derive("erase", named_person.person, actor, desk.key_id(actor), events_digest)
    signature = await desk.sign(erasure_statement(content, command_id))
    event = ErasureApproved(
        **{name: getattr(content, name) for name in ErasureContent.model_fields}, signature=signature
    )
    await record_act(desk, OrganisationAct(command_id=command_id, event=event))
    return guardians | {actor}


async def erase_now(desk: Desk, person: NamedPerson, position: int) -> None:
    """Destroy the key that encrypts a person's name. `position`: up to which the approvals list its events.

    Raises:
        Refused: Another stream or a later event names the person by now, or they were erased already.
    """
    try:
        await erase(desk.ledger, Vault(desk.pool), person, position)
    except (StaleErasure, SharedName) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


async def forgotten_on(desk: Desk, person: NamedPerson) -> date:
    """Let runs of the partnerships that named a person begin anew, and return the day when no old run is left.

    A run begins from the ledger, where the name cannot be read any more. Temporal keeps a closed run, encrypted, for as
    long as its namespace says.

    Raises:
        Unreachable: Temporal does not answer.
    """
    temporal = desk.temporal
    for partnership_id in partnerships_naming(person):
        await desk.tell(StreamId.partnership(partnership_id), BEGIN_ANEW, None)
    try:
        request = DescribeNamespaceRequest(namespace=temporal.namespace)
        response = await temporal.workflow_service.describe_namespace(request)
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault
    retention = response.config.workflow_execution_retention_ttl.ToTimedelta()
    return (clock.now() + retention).date() + timedelta(days=1)
