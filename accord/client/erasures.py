"""Erase people by crypto-shredding: two guardians approve it, and the key that encrypts the name is destroyed."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import ValidationError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.client.faults import BadInput, Refused, Unreachable
from accord.client.input_files import faults_of
from accord.client.namelessness import require_nameless
from accord.client.refreshing_runs import SIGNAL as BEGIN_ANEW
from domain.directory.directory import GUARDIANS, role_fault
from domain.directory.personal import ErasureApproved, approvers, erasure_statement
from domain.identity import derive
from domain.partnership.retention import names_kept
from domain.recorded.acts import OrganisationAct
from domain.streams import PARTNERSHIP_STREAMS, PRIVACY_STREAM, StreamId
from ledger import clock
from records.codec import from_ledger
from records.keys.verification import verified
from records.privacy.erasure import erase
from records.privacy.vault import NamedPerson, SharedName, StaleErasure, Vault


def partnerships_naming(known: NamedPerson) -> list[str]:
    """Return the ids of the partnerships whose events name a person."""
    told = (stream for stream in known.streams if stream.startswith(PARTNERSHIP_STREAMS))
    return list(dict.fromkeys(StreamId(stream).subject for stream in told))


async def require_guardian(desk: Desk, actor: str) -> None:
    """Raise Refused unless a person may approve erasures."""
    if fault := role_fault(await desk.directory(), actor, "erase anybody", GUARDIANS, clock.today()):
        raise Refused(fault, "NotAuthorised")


async def require_may_go(desk: Desk, known: NamedPerson) -> None:
    """Raise Refused while a partnership that names a person is open, or a rule asks that its records are kept.

    Nor may one go alone who stands together with a namesake somewhere.
    """
    if shared := await Vault(desk.pool).shared_by(known):
        raise Refused(f"{known.subject} has a namesake in the same partnership; first erase {shared!r}", "SharedName")
    named = [await desk.known_partnership(partnership_id) for partnership_id in partnerships_naming(known)]
    if still := [partnership.partnership_id for partnership in named if not partnership.ended]:
        raise Refused(f"{', '.join(still)} names them and is not ended; end it, or amend it without them", "StillOpen")
    for partnership in named:
        if kept := names_kept(partnership, clock.today()):
            day = f"until {kept.until}" if kept.until is not None else "on"
            raise Refused(
                f"{partnership.partnership_id} names them, and its record {kept.record.value} is kept {day}: "
                f"{kept.why}; see `accord retention`",
                "MustBeKept",
            )


async def approve(desk: Desk, known: NamedPerson, reason: str, actor: str) -> frozenset[str]:
    """Record the actor's signed approval of an erasure, unless it is recorded already, and return all approvers.

    Raises:
        BadInput: The reason is not valid, for instance too short, or it names somebody.
        Refused: The actor may not approve erasures, or their key is not on this machine.
    """
    await require_nameless(desk, "reason", reason)
    stored = await desk.ledger.read_stream(PRIVACY_STREAM)
    events = [from_ledger(event).event for event in stored]
    signed = approvers(events, known.person, await desk.directory(), verified)
    if actor in signed:
        return signed
    now, command_id = clock.now(), derive("erase", known.person, actor, desk.key_id(actor))
    signature = await desk.sign(erasure_statement(actor, now, command_id, known.person, reason.strip()))
    try:
        event = ErasureApproved(at=now, actor=actor, signature=signature, person=known.person, reason=reason)
    except ValidationError as fault:
        raise BadInput(f"the approval has {faults_of(fault)}") from None
    await record_act(desk, OrganisationAct(command_id=command_id, event=event))
    return signed | {actor}


async def erase_now(desk: Desk, known: NamedPerson) -> None:
    """Destroy the key that encrypts a person's name.

    Raises:
        Refused: Another stream names the person by now, or they were erased already.
    """
    try:
        await erase(desk.ledger, Vault(desk.pool), known)
    except (StaleErasure, SharedName) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


async def forgotten_on(desk: Desk, known: NamedPerson) -> date:
    """Let what runs of the partnerships that named a person begin anew, and return the day when no old run is left.

    A run begins from the ledger, where the name cannot be read any more. Temporal keeps a closed run, encrypted, for as
    long as its namespace says.

    Raises:
        Unreachable: Temporal does not answer.
    """
    temporal = desk.temporal
    for partnership_id in partnerships_naming(known):
        await desk.tell(StreamId.partnership(partnership_id), BEGIN_ANEW, None)
    try:
        asked = DescribeNamespaceRequest(namespace=temporal.namespace)
        told = await temporal.workflow_service.describe_namespace(asked)
    except RPCError as fault:
        raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
    kept = told.config.workflow_execution_retention_ttl.ToTimedelta()
    return (clock.now() + kept).date() + timedelta(days=1)
