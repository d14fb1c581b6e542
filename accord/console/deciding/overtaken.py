"""Acts that are closed now or were overtaken: their page again, with who did what, and what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from accord.client.foresight import foreseen_approvals
from accord.client.sight import Sight
from accord.console.deciding.acts import OfferedAct, closed
from accord.console.pages import partnership as case
from accord.console.pages.case.activity import line_of
from accord.console.pages.case.ahead import what_is_next
from accord.console.serving.desk import Console
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.days import time_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.refusing import ActRefusal, asked_again
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from ledger import clock

MOST_TOLD: Final = 5
"""The newest deeds that are told. Of the others the number is."""
LOOK_AGAIN: Final = "Somebody acted meanwhile. Below is how it stands now, with what you typed: read it, then continue."
KEPT: Final = "What you typed is kept below."


async def closed_now(console: Console, act: OfferedAct, partnership: Partnership, reader: str) -> Fault | None:
    """Return the reason why an act is not open to a reader now, or None: an approval by the sums together."""
    foreseen = await foreseen_approvals(console.desk, partnership) if act.command is c.Approve else None
    together = foreseen.together if foreseen is not None else ()
    return closed(act, partnership, reader, await console.desk.directory(), clock.today(), together)


async def overtaken(console: Console, reader: str, act: OfferedAct, sight: Sight, seen: str) -> ActRefusal | None:
    """Return the refusal of an act that closed, or that rests on what changed since, or None. `seen`: the version."""
    names = NamesInWords(await console.desk.directory())
    shut = await closed_now(console, act, sight.partnership, reader)
    if shut is None and seen == str(sight.version):
        return None
    history = await console.desk.history(sight.partnership_id)
    deeds = deeds_since(history, int(seen) if seen.isdecimal() and len(seen) < 10 else sight.version - 1, names)
    if shut is None:
        return ActRefusal(LOOK_AGAIN, deeds)
    words = f"{act.words} is not open now. {as_sentence(str(shut))}"
    return ActRefusal(words, deeds, f"{KEPT} {what_is_next(sight.partnership, names)}", is_closed=True)


async def back_to_case(request: Request, partnership_id: str, what: str, fault: object) -> Response:
    """Show a case again, with the reason for which an act on it is not open, and the newest deed."""
    console: Console = request.app.state.console
    sight, names = await console.desk.known_sight(partnership_id), NamesInWords(await console.desk.directory())
    newest = deeds_since(await console.desk.history(partnership_id), 0, names)[-1:]
    words = f"{what} is not open now. {as_sentence(str(fault))}"
    refusal = ActRefusal(words, newest, what_is_next(sight.partnership, names), is_closed=True)
    return await case_with(request, partnership_id, refusal)


async def case_with(request: Request, partnership_id: str, refusal: ActRefusal) -> Response:
    """Show a case again, with a refusal above it."""
    request.state.refused = refusal
    return await case.show(asked_again(request, f"/{partnership_id}", {"partnership": partnership_id}))


def deeds_since(history: Sequence[RecordedEvent], version: int, names: NamesInWords) -> tuple[str, ...]:
    """Return what people did after a version, or Accord where nobody did anything, each in a sentence with its time."""
    lines = [line_of(recorded, {}, names) for recorded in history if recorded.version > version]
    told = [line for line in lines if line.who] or lines
    rest = len(told) - MOST_TOLD
    more = (f"{rest} more before it",) if rest > 0 else ()
    return (*more, *(f"{line.who or 'Accord'} {line.what}, {time_in_words(line.at)}" for line in told[-MOST_TOLD:]))
