"""The pages of an exception: who sent its money and what can be decided, and the form that says what it was."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from accord.client.waiting.exception_sight import ExceptionSight
from accord.counter.pages.errands.errands import Resolve
from accord.counter.pages.errands.resolving import exception_at
from accord.counter.pages.preparing import lead_to_signing
from accord.counter.pages.site import CounterSite
from accord.counter.senders import sender_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import whole_number
from accord.presentation.words.exceptions import choice_in_words, happened
from accord.presentation.words.values import money_in_words
from accord.web.pages import page
from deploy.logins import Login
from domain.payment.bank_answers import COUNTING, BankStatus, Resolution


async def look(request: Request) -> Response:
    """Show an exception with its sender, by the bank's file, and the choices of the reader."""
    sight, possible = await _possible(request)
    raised = sight.exception.raised
    choices = [
        (resolution.value, choice_in_words(resolution, raised, sight.answer), sight.needs_two(resolution))
        for resolution in possible
    ]
    came_in = sight.answer is not None and sight.answer.status is BankStatus.RECEIVED
    context = {**await _head(request, sight), "choices": choices, "came_in": came_in}
    return page(request, "exception.html", context)


async def show(request: Request) -> Response:
    """Show the form that says what an exception was."""
    sight, resolution = await _asked(request)
    return await _form(request, sight, resolution, {}, "")


async def prepare(request: Request) -> Response:
    """Prepare what an exception was, and lead to the page that signs. Faults are shown on the form."""
    sight, resolution = await _asked(request)
    given = {name: str(value).strip() for name, value in (await request.form()).items()}
    try:
        return await lead_to_signing(request, _errand(sight, resolution, given))
    except (BadInput, Refused) as fault:
        return await _form(request, sight, resolution, given, str(fault))


async def _possible(request: Request, asked: str = "") -> tuple[ExceptionSight, tuple[Resolution, ...]]:
    """Return an exception, and what the reader may sign of it. Raises Refused if that is nothing, or not what is asked.

    `asked`: one resolution, which alone is returned.
    """
    site: CounterSite = request.app.state.site
    sight = await exception_at(site, request.path_params["exception"])
    possible = tuple(sight.possible(await site.desk.directory(), request.state.reader))
    signable = tuple(resolution for resolution in possible if asked in {"", resolution.value})
    if not signable:
        raise Refused("you cannot decide so of this exception now; its page says who can, and from when on")
    await site.looked_at(request.state.reader, f"exception {sight.name}")
    return sight, signable


async def _asked(request: Request) -> tuple[ExceptionSight, Resolution]:
    """Return the exception and the resolution of an address. Raises Refused if the reader may not sign it now."""
    slug = request.path_params["resolution"]
    if slug not in {resolution.value for resolution in Resolution}:
        await exception_at(request.app.state.site, request.path_params["exception"])
        raise BadInput("there is no such decision; go back to the exception")
    sight, signable = await _possible(request, slug)
    return sight, signable[0]


def asks_whose(sight: ExceptionSight, resolution: Resolution) -> bool:
    """True if a person must say which partnership and payment it belongs to: the bank named none."""
    return resolution in COUNTING and sight.attempt is None


def needs_letter(resolution: Resolution) -> bool:
    """True if the bank's letter is kept with it, which is signed for as well."""
    return resolution is Resolution.NOTHING_BOOKED


def _errand(sight: ExceptionSight, resolution: Resolution, given: dict[str, str]) -> Resolve:
    if len(given.get("note", "")) < 5:
        raise BadInput("note: say in a sentence how you know it")
    named = given if asks_whose(sight, resolution) else {}
    tranche = whole_number(named.get("tranche", "") or "0")
    if tranche is None:
        raise BadInput("tranche: write the number of the payment, such as 1")
    return Resolve(
        exception=sight.name,
        resolution=resolution,
        note=given["note"],
        partnership_id=named.get("partnership_id", "").upper(),
        tranche=tranche,
    )


async def _head(request: Request, sight: ExceptionSight) -> dict[str, Any]:
    """Return the head of both pages: the bank's news, the sum, and its sender."""
    site: CounterSite = request.app.state.site
    answer = sight.answer
    return {
        "name": sight.name,
        "happened": happened(sight.exception.raised, answer, sight.attempt),
        "money": money_in_words(answer.money) if answer is not None else "",
        "sender": await sender_of(site.desk_of(Login.IMPORTER, client=False), sight.exception),
        "title": sight.partnership.proposed.title if sight.partnership is not None else "",
    }


async def _form(
    request: Request, sight: ExceptionSight, resolution: Resolution, given: dict[str, str], fault: str
) -> Response:
    context = {
        **await _head(request, sight),
        "words": choice_in_words(resolution, sight.exception.raised, sight.answer),
        "slug": resolution.value,
        "two": sight.needs_two(resolution),
        "whose": asks_whose(sight, resolution),
        "letter": needs_letter(resolution),
        "given": {name: given.get(name, "") for name in ("note", "partnership_id", "tranche")},
        "fault": fault,
    }
    return page(request, "resolve.html", context, 422 if fault else 200)
