"""Sign an act of the organisation, or of the bank's counter, and check it before it is recorded anywhere."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from accord.client.desk import Desk
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from domain.directory.directory import role_fault
from domain.directory.one_key import one_key_fault
from domain.identity import derive
from domain.payment.counter import CounterAct, act_fault
from domain.signatures.signing import content_digest, statement_about
from ledger import clock
from records.directory import readable
from records.keys.verification import verified

SignedAct = TypeVar("SignedAct", bound=CounterAct)


async def require_may(desk: Desk, actor: str, kind: type[CounterAct]) -> None:
    """Check a person's roles for a kind of act before any work is done for it. `signed_act` checks the act again.

    Raises:
        Refused: The person holds none of the act's roles.
    """
    act = str(kind.act).replace("_", " ")
    if fault := role_fault(await desk.directory(), actor, act, kind.roles, clock.today()):
        raise Refused(str(fault), "NotAuthorised")


async def signed_act(desk: Desk, kind: type[SignedAct], stream: str, actor: str, **content: Any) -> SignedAct:
    """Return an act on a stream with its actor's signature. `content`: the fields of the act's own class.

    Raises:
        BadInput: A field of the content is wrong; the message names every such field.
        Refused: The actor's key is not on this machine, or their roles do not permit the act.
    """
    now = desk.moment()
    draft = kind.model_construct(at=now, actor=actor, **content)
    draft_content = draft.content()
    async with desk.ledger.at_one_moment():
        events = await desk.ledger.read_stream(stream)
        command_id = derive(kind.__name__, stream, len(events), actor, content_digest(draft_content))
        statement = statement_about(stream, kind.act, actor, now, command_id, draft_content)
        signature = await desk.sign(statement, content=draft_content)
        directory = await desk.directory()
    try:
        event = kind.model_validate({"at": now, "actor": actor, "signature": signature, **content})
    except ValidationError as wrong:
        raise BadInput(f"the act has {faults_of(wrong)}") from None
    if fault := act_fault(event, stream, directory, verified, now.date()):
        raise Refused(str(fault), "NotAuthorised")
    if fault := one_key_fault(
        directory, actor, signature, (recorded_event.event for recorded_event in readable(events))
    ):
        raise Refused(str(fault), "SeparationOfDuties")
    return event
