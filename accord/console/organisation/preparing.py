"""From a form to an act of the organisation that waits for its signature: nothing is recorded before a touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.faults import faults_on
from accord.console.deciding.fields import Field
from accord.console.organisation.fault_words import faults_in_words
from accord.console.organisation.waiting import WaitingAct, WaitingChange, stream_of, unsigned
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page
from domain.directory.directory import Directory, role_fault
from domain.directory.one_key import taken_key_fault
from domain.directory.people import DirectoryFacts
from domain.directory.sealing import change_id_of, change_statement, changes_fault, pending_change
from domain.identity import derive
from domain.payment.counter import CounterAct
from domain.signatures.signing import Statement, content_digest, statement_about
from ledger import clock
from records.keys.verification import verified


@dataclass(frozen=True, slots=True)
class ActPage:
    """A form's page: what it is for, what it asks, and where one goes back to."""

    title: str
    fields: tuple[Field, ...]
    leave: str
    lead: tuple[str, ...] = ()
    """What stands now, and what this does, in sentences."""


async def read_act(console: Console, reader: str, kind: type[CounterAct], content: Mapping[str, Any]) -> Any:
    """Return the act that a form asks for, as it would be once it is signed.

    Raises:
        BadInput: A field is wrong; the message names it.
        Refused: The reader's roles do not allow it, or the database was restored without a new epoch.
    """
    await console.desk.require_epoch()
    directory, now = await console.desk.directory(), clock.now()
    if fault := role_fault(directory, reader, kind.act.replace("_", " "), kind.roles, now.date()):
        raise Refused(str(fault), "NotAuthorised")
    try:
        return unsigned(kind, reader, now, content)
    except ValidationError as wrong:
        raise BadInput(faults_in_words(wrong)) from None


async def waiting_act(console: Console, act: CounterAct, subject: str = "") -> WaitingAct:
    """Return an act to be signed, under an id made of its content and of what its stream holds."""
    name, content = type(act).__name__, act.content()
    stream = stream_of(type(act), subject, content)
    place = len(await console.desk.ledger.read_stream(stream))
    command_id = derive(name, stream, place, act.actor, content_digest(content))
    statement = statement_about(stream, act.act, act.actor, act.at, command_id, content)
    log = (await console.desk.directory()).log
    return WaitingAct(event_type=cast(Any, name), subject=subject, content=content, statement=statement.within(log))


async def waiting_change(console: Console, reader: str, changes: Sequence[Any]) -> WaitingChange:
    """Return a change of the directory to be signed by the person who proposes it.

    Raises:
        BadInput: It changes nothing.
        Refused: The reader may not make it.
    """
    await console.desk.require_epoch()
    directory, facts = await console.desk.directory(), cast(DirectoryFacts, tuple(changes))
    if not facts:
        raise BadInput("nothing would change; change something, or go back")
    fault = changes_fault(directory, reader, facts, verified) or taken_key_fault(directory, facts)
    if fault or not directory.sealed:
        raise Refused(str(fault or "nobody founded the directory yet"), "NotAuthorised")
    change_id = change_id_of(directory, facts)
    if change_id in directory.decided or pending_change(directory, change_id) is not None:
        raise Refused("this very change waits for a second person already")
    statement = change_statement("change_directory", reader, clock.now(), change_id, facts)
    return _of_the_directory(directory, "change_directory", facts, statement)


async def waiting_confirmation(console: Console, reader: str, change_id: Any) -> WaitingChange:
    """Return a change that waits, to be signed by the person who confirms it.

    Raises:
        Refused: No such change waits any more, or the reader may not confirm it.
    """
    await console.desk.require_epoch()
    directory = await console.desk.directory()
    change = pending_change(directory, change_id)
    if change is None:
        raise Refused("this change does not wait any more; see the people for how it stands", "Unknown")
    if change.signature.statement.actor == reader:
        raise Refused("you proposed this change; another guardian confirms it", "SeparationOfDuties")
    if fault := changes_fault(directory, reader, change.changes, verified):
        raise Refused(str(fault), "NotAuthorised")
    statement = change_statement("confirm_directory", reader, clock.now(), change_id, change.changes)
    return _of_the_directory(directory, "confirm_directory", change.changes, statement)


def _of_the_directory(
    directory: Directory, act: Any, facts: DirectoryFacts, statement: Statement
) -> WaitingChange:  # fmt: skip
    return WaitingChange(act=act, changes=facts, seen=directory.version, statement=statement.within(directory.log))


async def to_sign(console: Console, waiting: WaitingAct | WaitingChange) -> Response:
    """Keep what waits to be signed, and lead to the page that signs it."""
    address = await console.prepared.keep(waiting)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{address}", 303)


async def given(request: Request) -> dict[str, list[str]]:
    """Return the content of a form."""
    submission = await request.form()
    return {name: [str(text) for text in submission.getlist(name)] for name in submission}


def act_page(
    request: Request, form: ActPage, answers: Mapping[str, list[str]], fault: Exception | None = None
) -> Response:
    """Render a form, with the faults of what was typed beside their fields."""
    faults = faults_on(form.fields, fault, NamesInWords(request.app.state.console.desk.registrar.known))
    beside = {field.name: [fault.words for fault in faults if fault.field == field.name] for field in form.fields}
    context = {"form": form, "given": answers, "faults": faults, "beside": beside}
    return page(request, "act.html", context, 422 if faults else 200)
