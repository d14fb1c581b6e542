"""The page of a month before its close: its accounts from balance to balance, and what is open, with who and where."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.counter.pages.site import CounterSite
from accord.organisation.books.before_close import BeforeClose, OpenItem, OpenKind, ReconciledAccount, before_close
from accord.organisation.books.exporting import last_day_of, usual_last_day
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from deploy.logins import Login
from domain.books.events import MAY_READ
from domain.directory.directory import role_fault
from domain.payment.stated.entries import EntryKind
from ledger import clock

KINDS: Final = {
    EntryKind.PAYMENT: "paid",
    EntryKind.RETURN: "came back",
    EntryKind.GIFT: "gifts",
    EntryKind.GIFT_TAKEN_BACK: "gifts that were taken back",
    EntryKind.REFUND: "grantees paid back",
    EntryKind.TO_DONOR: "went back to donors",
    EntryKind.CHARGE: "the bank's charges",
    EntryKind.OUTSIDE: "of no partnership",
    EntryKind.BANK_ERROR: "the bank's mistakes",
    EntryKind.OPEN: "not explained",
}
"""The entries of a statement by their kind, in words."""
_WHERE: Final = {
    OpenKind.BANK_FILE: "/answers",
    OpenKind.STATEMENT: "/answers",
    OpenKind.ENTRY: "/answers#unexplained",
}
_ON_THE_CONSOLE: Final = {
    OpenKind.EXCEPTION: "/payments/exceptions/{}",
    OpenKind.FUND: "/funds/{}",
    OpenKind.BOOK: "/operations",
}


class OpenLine(NamedTuple):
    """An open item as a page shows it."""

    words: str
    people: str
    address: str
    """The page on which it is mended, or '' where time alone mends it."""
    subject: str


async def show(request: Request) -> Response:
    """Show what is open before a month is closed: by itself, before the last one."""
    site: CounterSite = request.app.state.site
    directory = await site.desk.directory()
    names = NamesInWords(directory)
    if fault := role_fault(directory, request.state.reader, "read the book", MAY_READ, clock.today()):
        return problem(request, 403, refusal_in_words(fault, names))
    given = request.query_params.get("period", "").strip()
    period = given or f"{usual_last_day(await site.books.closes(), clock.today()):%Y-%m}"
    desk = site.desk_of(Login.IMPORTER, client=False)
    before = await before_close(desk, site.books, last_day_of(period))
    await site.looked_at(request.state.reader, f"what is open up to {before.last_day}")
    console = site.settings.console_origin
    context = {
        "period": period, "last_day": before.last_day, "since": before.first_day if before.first_day > date.min else "",
        "accounts": [(account, _sums(account)) for account in before.accounts],
        "silent": before.without_statement,
        "items": [_line(item, names, console) for item in before.items],
        "close": _closing(before, names), "closing": _where_to_close(before, console),
    }  # fmt: skip
    return page(request, "month.html", context)


def _sums(account: ReconciledAccount) -> list[tuple[str, int, object]]:
    return [(KINDS[line.kind], line.entries, line.amount) for line in account.reconciliation.sums]


def _line(item: OpenItem, names: NamesInWords, console: str) -> OpenLine:
    address = _WHERE.get(item.kind, "")
    if path := _ON_THE_CONSOLE.get(item.kind):
        address = console + path.format(item.subject)
    return OpenLine(item.words, names.people(item.people) if item.people else "", address, item.subject)


def _closing(before: BeforeClose, names: NamesInWords) -> str:
    """Return who closes the month, in words, or '' once it is closed."""
    if before.close is None:
        return ""
    return f"{before.close.words[:1].upper()}{before.close.words[1:]}: {names.people(before.close.people)}."


def _where_to_close(before: BeforeClose, console: str) -> tuple[str, str]:
    """Return the words and the address of the next step of the close."""
    day = before.last_day
    if before.close is None:
        return f"The file of the period up to {day_in_words(day)}", f"{console}/books/periods/{day}"
    if before.close.command.startswith("accord books confirm"):
        return "Confirm the close…", f"{console}/books/periods/{day}/close"
    return "Close it…", f"{console}/books/close?last_day={day}"
