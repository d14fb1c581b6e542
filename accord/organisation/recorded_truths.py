"""Tell truths and answer them: signed acts, recorded by a worker or the emergency login."""

from __future__ import annotations

from typing import Any

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.signed_acts import SignedAct, signed_act
from accord.organisation.truths import Telling, content_to_answer, content_to_tell, truth_on_record
from domain.recorded.acts import OrganisationAct
from domain.streams import TRUTHS_STREAM
from domain.truths.events import TruthAnswered, TruthTold
from domain.truths.truth import Truth


async def tell(desk: Desk, telling: Telling, actor: str) -> Truth:
    """Put on record what somebody learnt, and return it. What they told already, and nobody answered, stays as it is.

    Raises:
        BadInput: It is about nobody, or a field cannot be kept; the message names it.
        Refused: The person is not of staff, or their key is not on this machine.
    """
    content, truth = await content_to_tell(desk, telling, actor)
    if truth is not None:
        return truth
    await _record(desk, TruthTold, actor, content)
    return await truth_on_record(desk, content["words"].of)


async def answer(
    desk: Desk, truth: Truth, so: bool, reason: str, actor: str, paper: str = "", paper_sha256: str | None = None
) -> Truth:
    """Record a verifier's finding that a truth is so or, by a paper, is not so, and return it.

    Where it is so, the partnerships that it touches look again, so that the rules judge it.

    Raises:
        BadInput: A field is wrong; the message names it.
        Refused: The person is no verifier, told it, or has a part in the partnership of it.
    """
    await _record(desk, TruthAnswered, actor, content_to_answer(truth, so, reason, paper, paper_sha256))
    return await truth_on_record(desk, truth.truth)


async def _record(desk: Desk, kind: type[SignedAct], actor: str, content: dict[str, Any]) -> None:
    event = await signed_act(desk, kind, TRUTHS_STREAM, actor, **content)
    command_id = event.signature.statement.command_id
    await record_act(desk, OrganisationAct.model_validate({"command_id": command_id, "event": event}))
