"""The page of past exceptions: what the bank said that nobody could match, and what people decided that it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from accord.audit.bank.bank_tables import raised_exceptions
from accord.client.waiting.exception_sight import sight_of
from accord.console.pages.exceptions.exception import payee_of, subject_of
from accord.console.pages.tables import handed_out, place_in
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.times.periods import ALL, ListPeriod, period_of, periods_around
from accord.presentation.words.days import day_in_words
from accord.presentation.words.exceptions import HAPPENED, choice_in_words, happened, heading_of
from accord.presentation.words.values import NamesInWords, money_in_words
from accord.web.pages import page
from domain.payment.account_numbers import masked
from domain.payment.bank_file import BankException, ExceptionResolved
from ledger import clock
from payments.answers.exceptions import exception_name
from records.read_models.lists import PAGE, words_of

FILTERS: Final = ("text", "kind", "period", "from", "to")
"""The fields of an address that filter the list."""


class PastException(NamedTuple):
    """A resolved exception with the resolution that counts."""

    place: str
    name: str
    exception: BankException
    act: ExceptionResolved


class PastLine(NamedTuple):
    """A resolved exception in the list."""

    what: str
    href: str
    payee: str
    subject: str
    money: str
    raised: str
    decided: str
    who: str
    note: str


async def show(request: Request) -> Response:
    """Show the exceptions that were resolved in a period, the newest first, or hand them out."""
    console: Console = request.app.state.console
    given = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    period, after = period_of(given["period"] or ALL, given["from"], given["to"], clock.today()), place_in(request)
    names = NamesInWords(await console.desk.directory())
    found = [past for past in await _resolved(console) if _fits(past, given, period, names)]
    await console.looked_at(request.state.reader, "past exceptions")
    if request.query_params.get("format"):
        return handed_out(request, "past-exceptions", [_row(past, names) for past in found], sheets.EXCEPTIONS)
    rest = [past for past in found if not after or past.place < after]
    more = {**given, "after": rest[PAGE - 1].place} if len(rest) > PAGE else {}
    context = {
        "lines": [await _line(console, past, names) for past in rest[:PAGE]],
        "number": len(found),
        "given": given,
        "kinds": [(kind.value.lower(), words) for kind, words in HAPPENED.items()],
        "periods": [(name, words, name == period.name) for name, words in periods_around(clock.today())],
        "period": period,
        "more": urlencode({name: text for name, text in more.items() if text}),
        "kept": urlencode({name: text for name, text in given.items() if text}),
    }
    return page(request, "resolved.html", context)


async def _resolved(console: Console) -> list[PastException]:
    """Return the exceptions with a resolution that counts, the newest first."""
    exceptions = await raised_exceptions(console.desk.reader)
    past_ones = [
        PastException(f"{act.at.isoformat()} {exception_id.hex}", exception_name(exception_id), exception, act)
        for exception_id, exception in exceptions.items()
        if (act := exception.standing) is not None
    ]
    return sorted(past_ones, key=lambda past: past.place, reverse=True)


def _fits(past: PastException, given: Mapping[str, str], period: ListPeriod, names: NamesInWords) -> bool:
    raised, day = past.exception.raised, past.act.at.date()
    if given["kind"] and raised.exception.value.lower() != given["kind"].lower():
        return False
    if (period.first and day < period.first) or (period.last and day > period.last):
        return False
    about = (
        past.name,
        past.act.partnership_id or raised.partnership_id or "",
        names.person(past.act.actor),
        past.act.note,
    )
    found = words_of(heading_of(raised.exception, raised.reason), *about)
    return all(any(word.startswith(asked) for word in found) for asked in words_of(given["text"]))


def _decision(past: PastException, names: NamesInWords) -> str:
    raised = past.exception.raised
    says = choice_in_words(past.act.resolution, raised, raised.answer).says
    return f"{says}. {names.person(past.act.actor)}, {day_in_words(past.act.at)}: {past.act.note}"


def _row(past: PastException, names: NamesInWords) -> dict[str, Any]:
    raised = past.exception.raised
    return {
        "exception": past.name,
        "kind": raised.exception.value.replace("_", " ").lower(),
        "partnership_id": past.act.partnership_id or raised.partnership_id or "",
        "file": "",
        "reason": masked(raised.reason),
        "raised_at": raised.at.isoformat(),
        "resolve": _decision(past, names),
    }


async def _line(console: Console, past: PastException, names: NamesInWords) -> PastLine:
    _, _, hex_id = past.place.rpartition(" ")
    sight = await sight_of(console.desk, UUID(hex_id))
    if sight is None:
        raise LookupError(f"{past.name} is resolved and was never raised")
    return PastLine(
        what=happened(sight.exception.raised, sight.answer, sight.attempt),
        href=f"/payments/exceptions/{past.name}",
        payee=payee_of(sight),
        subject=subject_of(sight),
        money=money_in_words(sight.answer.money) if sight.answer is not None else "",
        raised=day_in_words(past.exception.raised.at),
        decided=choice_in_words(past.act.resolution, past.exception.raised, sight.answer).says,
        who=f"{names.person(past.act.actor)}, {day_in_words(past.act.at)}",
        note=past.act.note,
    )
