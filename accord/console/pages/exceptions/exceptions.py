"""The page of exceptions: what the bank said and nobody could match, each waiting for a person."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.waiting.exception_sight import (
    ExceptionSight,
    may_resolve,
    sight_of,
)
from accord.client.waiting.open_exceptions import listed_exceptions
from accord.client.waiting.unanswered import Unanswered, unanswered
from accord.console.pages.exceptions.exception import age_in_words, payee_of, subject_of
from accord.console.pages.tables import handed_out
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.words.days import day_in_words
from accord.presentation.words.exceptions import happened
from accord.presentation.words.values import money_in_words
from accord.web.pages import page
from domain.payment.bank_answers import Resolution
from payments.answers.exceptions import RaisedException

FILE_NAMES: Final = "SELECT exception_id, file_name FROM payments.exceptions"


class ExceptionLine(NamedTuple):
    """An exception in the list."""

    what: str
    href: str
    payee: str
    subject: str
    money: str
    raised: str
    age: str
    is_late: bool
    next_step: str


async def show_all(request: Request) -> Response:
    """Show the bank's words that wait for a person, the oldest first, or hand them out."""
    console: Console = request.app.state.console
    names = {row["exception_id"]: (row["file_name"], "") for row in await console.desk.pool.fetch(FILE_NAMES)}
    open_ones = await listed_exceptions(console.desk, excerpts=names)
    told = [truth for truth in await unanswered(console.desk) if truth.at_the_bank]
    await console.looked_at(request.state.reader, "exceptions")
    if request.query_params.get("format"):
        rows = [*map(_row, open_ones), *map(_told_row, told)]
        return handed_out(request, "exceptions", rows, sheets.EXCEPTIONS)
    lines = [await _line(console, one) for one in open_ones]
    directory = await console.desk.directory()
    context = {"lines": [*lines, *map(_told_line, told)], "may": may_resolve(directory, request.state.reader)}
    return page(request, "exceptions.html", context)


def _row(raised: RaisedException) -> dict[str, Any]:
    return {
        "exception": raised.name,
        "kind": raised.kind.value.replace("_", " ").lower(),
        "partnership_id": raised.partnership,
        "file": raised.file_name,
        "reason": raised.reason,
        "raised_at": raised.raised_at.isoformat(),
        "resolve": raised.next_step,
    }


def _told_row(wait: Unanswered) -> dict[str, Any]:
    return {
        "exception": wait.truth.name,
        "kind": "told since",
        "partnership_id": wait.partnership_id,
        "file": "",
        "reason": wait.exception(),
        "raised_at": wait.truth.at.isoformat(),
        "resolve": wait.command,
    }


async def _line(console: Console, raised: RaisedException) -> ExceptionLine:
    sight = await sight_of(console.desk, raised.exception_id)
    if sight is None:
        raise LookupError(f"{raised.name} is listed and was never raised")
    return ExceptionLine(
        what=happened(sight.exception.raised, sight.answer, sight.attempt),
        href=f"/payments/exceptions/{raised.name}",
        payee=payee_of(sight),
        subject=subject_of(sight),
        money=money_in_words(sight.answer.money) if sight.answer is not None else "",
        **age_in_words(raised.raised_at),
        next_step=_waits_for(sight),
    )


def _told_line(wait: Unanswered) -> ExceptionLine:
    proposal = wait.partnership.proposed if wait.partnership is not None else None
    out = proposal.funds_out if proposal is not None else None
    return ExceptionLine(
        what="Something was learnt of a payment that is at the bank",
        href=f"/truths/{wait.truth.name}",
        payee=out.payee.name if out is not None else "",
        subject=proposal.title if proposal is not None else "",
        money=money_in_words(out.total) if out is not None else "",
        **age_in_words(wait.truth.at),
        next_step="Ask the bank whether it can be recalled. A verifier answers it.",
    )


def _waits_for(sight: ExceptionSight) -> str:
    if sight.first_signatures:
        return "A second person signs"
    if Resolution.NOTHING_BOOKED in sight.admitted:
        since = f" from {day_in_words(sight.earliest)} on" if sight.earliest and sight.is_too_early else ""
        return f"The bank's letter, and two who sign{since}"
    return "Somebody of finance decides"
