"""The page that signs, for changes of the directory: what becomes of whom, in words, and its record by a worker."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.acts import record_act
from accord.console.organisation.ceremony import asked_for
from accord.console.organisation.waiting import WaitingChange, fault_of_change
from accord.console.serving.desk import Console
from accord.organisation.affected import signal_affected_partnerships
from accord.presentation.faults import Refused
from accord.presentation.words.organisation.directory import changes_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.directory.directory import Directory
from domain.directory.people import DirectoryChangeConfirmed, DirectoryChangeProposed
from domain.directory.sealing import pending_change
from domain.recorded.acts import OrganisationAct, confirmation_id
from domain.signatures.signing import PasskeySignature

_OVERTAKEN = (
    "somebody changed the directory since this was prepared, so that it may not say any more what it would do; go back,"
    " look again, and prepare it anew"
)


async def confirm_change(request: Request, waiting: WaitingChange) -> Response:
    """Say in words what becomes of the directory, and ask for the key."""
    console: Console = request.app.state.console
    if fault := fault_of_change(waiting):
        return problem(request, 422, str(fault))
    statement, directory = waiting.statement, await console.desk.directory()
    if directory.version != waiting.seen:
        return problem(request, 422, _OVERTAKEN)
    await console.looked_at(statement.actor, "the directory")
    context = {
        "proposes": waiting.act == "change_directory",
        "sentences": changes_in_words(directory, waiting.changes),
        "proposer": _proposer(directory, waiting),
        "facts": [fact.model_dump_json(indent=1) for fact in waiting.changes],
    }
    return page(request, "sign_change.html", {**context, **await asked_for(console, statement)})


def _proposer(directory: Directory, waiting: WaitingChange) -> str:
    """Return the name of whoever proposed a change that waits, or '' for one that nobody did."""
    change = pending_change(directory, waiting.statement.command_id)
    return NamesInWords(directory).person(change.signature.statement.actor) if change is not None else ""


async def decide_change(console: Console, waiting: WaitingChange, body: bytes) -> Response:
    """Have a signed change recorded, proposed or confirmed, and answer that it is.

    Raises:
        ValidationError: What was handed in is no answer of a key.
        Refused: The change is not valid, or the directory changed meanwhile; nothing is recorded.
        Unreachable: Nobody answered in time; recording it again is safe.
    """
    directory = await console.desk.directory()
    signature, change_id = PasskeySignature.model_validate_json(body), waiting.statement.command_id
    if directory.version != waiting.seen and not _is_recorded(directory, waiting):
        raise Refused(_OVERTAKEN, "StaleDecision")
    act = _act(waiting, signature)
    await record_act(console.desk, act)
    if waiting.act == "confirm_directory":
        await signal_affected_partnerships(console.desk, waiting.changes)
        told, back = "Recorded: it counts from now on.", "people"
    else:
        told, back = "Recorded: it counts once another guardian confirms it.", f"directory/changes/{change_id}"
    words = "See the people" if back == "people" else "See what waits"
    return JSONResponse({"told": told, "words": words, "back": f"{console.settings.origin}/{back}"})


def _act(waiting: WaitingChange, signature: PasskeySignature) -> OrganisationAct:
    change_id = waiting.statement.command_id
    event: Any
    if waiting.act == "change_directory":
        event = DirectoryChangeProposed(change_id=change_id, changes=waiting.changes, signature=signature)
        return OrganisationAct(command_id=change_id, event=event)
    event = DirectoryChangeConfirmed(change_id=change_id, signature=signature)
    return OrganisationAct(command_id=confirmation_id(change_id, waiting.statement.actor), event=event)


def _is_recorded(directory: Directory, waiting: WaitingChange) -> bool:
    """True if this very act is recorded: a touch that got no answer is given again."""
    change_id = waiting.statement.command_id
    waits = pending_change(directory, change_id) is not None
    return change_id in directory.decided or (waits and waiting.act == "change_directory")
