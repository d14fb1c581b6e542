"""`accord ledger set-aside`: two guardians judge an event that nobody can read, or that nobody signed."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.options import ActorOption, EmergencyOption, JsonOption, decider, run
from accord.cli.organisation.changes import print_changed
from accord.client.desk import Desk, open_desk
from accord.organisation.affected import event_at
from accord.organisation.governance import DirectoryChange, change_directory
from accord.presentation.faults import Refused
from domain.directory.directory import Directory
from domain.directory.people import EventSetAside
from domain.errors import EventUnreadable
from domain.streams import DIRECTORY_STREAM
from ledger import StoredEvent
from records.authorship import Reader
from records.codec import read_stored


def set_aside(
    position: Annotated[int, typer.Argument(min=1, help="Where the event stands in the ledger.")],
    actor: ActorOption,
    freezes: Annotated[
        list[str],
        typer.Option("--freezes", metavar="STAFF", help="Of an event in the directory: whom it was meant to stop."),
    ] = [],  # noqa: B006
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Propose to set aside an event that nobody can read or that nobody signed, so that it counts for nothing.

    Another director or auditor must confirm. A partnership that the event stopped then continues. If it is an event of
    the directory that was meant to take a role or a key from people, name them with --freezes: they may not act until
    the event is judged anew.
    Example: accord ledger set-aside 4711 --as dora.kim, then: accord staff confirm CHANGE --as otto.audit
    """

    async def work() -> DirectoryChange:
        async with open_desk(decider(emergency)) as desk:
            fact = await judgement(desk, position, tuple(freezes))
            return await change_directory(desk, (fact,), actor)

    print_changed(run(work()), as_json, f"Event {position} counts for nothing.")


async def judgement(desk: Desk, position: int, freezes: tuple[str, ...]) -> EventSetAside:
    """Return the change to the directory that sets an event aside, for two guardians to sign.

    Raises:
        Refused: The event is valid, there is none at that position, or `freezes` names an unknown person or is given
            for an event outside the directory.
    """
    event = await event_at(desk, position)
    directory = await desk.directory()
    if unknown := [name for name in freezes if directory.person(name) is None]:
        raise Refused(f"{', '.join(unknown)} is not in the staff directory; see `accord staff list`", "Unknown")
    if freezes and event.stream_id != DIRECTORY_STREAM:
        raise Refused("--freezes is for events of the directory; this one stands elsewhere", "IllegalTransition")
    if not await _counts_for_nothing(desk.reader, directory, event):
        raise Refused(
            f"event {position} can be read and is whose it says, so it counts; nobody sets that aside",
            "IllegalTransition",
        )
    return EventSetAside(position=position, leaf=event.leaf.hex(), freezes=freezes)


async def _counts_for_nothing(reader: Reader, directory: Directory, event: StoredEvent) -> bool:
    """True if an event cannot be read, is not proved to be signed, or was disregarded in the directory."""
    if event.stream_id == DIRECTORY_STREAM and event.version in directory.disregarded:
        return True
    try:
        read_stored(event)
    except EventUnreadable:
        return True
    [stored_event] = await reader.judge([event])
    return bool(stored_event.doubt)


def register(app: typer.Typer) -> None:
    """Add this command to those on the ledger."""
    app.command("set-aside")(set_aside)
