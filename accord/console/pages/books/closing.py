"""Pages that close a period of the book: one person asks, another confirms, each on the page that signs."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from accord.console.deciding.fields import Field, Typed, said
from accord.console.organisation.preparing import ActPage, act_page, given, read_act, to_sign, waiting_act
from accord.console.pages.books.lists import fault_of_reader
from accord.console.serving.desk import Console
from accord.organisation.books.closing import content_of, made_again, to_close, waiting_close
from accord.organisation.books.exporting import last_day_of, usual_last_day
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import problem
from domain.books.events import MAY_CLOSE, BookEvent, PeriodCloseAsked, PeriodClosed
from domain.books.periods import asking_fault, closing_fault
from domain.directory.directory import role_fault
from domain.fault import Fault
from ledger import clock

_FIELDS: Final = (
    Field("last_day", "Its last day", "Such as the last day of a month that is over.", "day", fills=("period",)),
    Field("reason", "Why", "Such as the statement of the bank that it was reconciled with."),
)
_PERIODS: Final = "/books/periods"
_ASKING: Final = ActPage(
    "Close a period of the book",
    _FIELDS,
    _PERIODS,
    (
        "A period begins after the one before. The next page shows the trial balance at its end, and you sign the "
        "digest of its export.",
        "Another finance approver or director confirms it. What is recorded later of its days goes to the next period.",
    ),
)


async def form(request: Request) -> Response:
    """Show the form that asks to close a period: by itself the last month."""
    console: Console = request.app.state.console
    if fault := await fault_of_reader(console, request.state.reader):
        return problem(request, 403, fault)
    last_day = usual_last_day(await console.books.closes(), clock.today())
    day = request.query_params.get("last_day") or last_day.isoformat()
    return act_page(request, _ASKING, {"last_day": [day]})


async def prepare(request: Request) -> Response:
    """Prepare the request to close a period, and lead to the page that signs it."""
    console, answers = request.app.state.console, await given(request)
    try:
        await _require_may(console, request.state.reader)
        export = await to_close(console.books, _day(answers))
        content = content_of(export, said(answers, "reason"))
        return await _sign(console, await read_act(console, request.state.reader, PeriodCloseAsked, content))
    except (BadInput, Refused) as fault:
        return act_page(request, _ASKING, answers, fault)


async def waiting(request: Request) -> Response:
    """Show a close that waits for another person, who confirms it here."""
    console: Console = request.app.state.console
    if fault := await fault_of_reader(console, request.state.reader):
        return problem(request, 403, fault)
    close = await _waiting_close(console, request)
    return act_page(request, await _confirming(console, close), {}) if close is not None else _none_waits(request)


async def prepare_confirmation(request: Request) -> Response:
    """Prepare the confirmation of a close that another person asked for, and lead to the page that signs it."""
    console: Console = request.app.state.console
    close = await _waiting_close(console, request)
    if close is None:
        return _none_waits(request)
    content = {"close_id": close.signature.statement.command_id}
    try:
        act = await read_act(console, request.state.reader, PeriodClosed, content)
        await made_again(console.books, close)
        return await _sign(console, act)
    except (BadInput, Refused) as fault:
        return act_page(request, await _confirming(console, close), {}, fault)


async def _waiting_close(console: Console, request: Request) -> PeriodCloseAsked | None:
    """Return the close that an address names, or None if no such close waits."""
    with suppress(BadInput):
        return await waiting_close(console.books, last_day_of(request.path_params["day"]), request.state.reader)
    return None


def _none_waits(request: Request) -> Response:
    return problem(request, 404, "no close of such a period waits", (("The periods", _PERIODS),))


async def _confirming(console: Console, close: PeriodCloseAsked) -> ActPage:
    day, asker = day_in_words(close.last_day), NamesInWords(await console.desk.directory()).person(close.actor)
    lead = (
        f"{asker} asked for it on {day_in_words(close.at)}: {close.reason.rstrip('.')}.",
        "The same export is made here first, and compared. The next page shows the trial balance at its end.",
    )
    return ActPage(f"Close the book up to {day}", (), _PERIODS, lead)


async def _require_may(console: Console, reader: str) -> None:
    """Raise Refused for whoever may close no period, before its export is made."""
    act = PeriodCloseAsked.act.replace("_", " ")
    if fault := role_fault(await console.desk.directory(), reader, act, MAY_CLOSE, clock.today()):
        raise Refused(str(fault), "NotAuthorised")


def _day(answers: Typed) -> date:
    if not said(answers, "last_day"):
        raise BadInput("last_day: give the last day")
    return last_day_of(said(answers, "last_day"))


async def _sign(console: Console, act: BookEvent) -> Response:
    """Lead to the page that signs an act on a period. Raises Refused if it cannot be as things stand."""
    if fault := await _fault_of(console, act):
        raise Refused(str(fault), "IllegalTransition")
    return await to_sign(console, await waiting_act(console, act))


async def _fault_of(console: Console, act: BookEvent) -> Fault | None:
    closes = await console.books.closes()
    if isinstance(act, PeriodClosed):
        return closing_fault(closes, act)
    return asking_fault(closes, act, clock.now(), await console.desk.ledger.head())
