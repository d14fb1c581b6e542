"""The words of a close of the book: on the page that signs, with the trial balance, and once it is recorded."""

from __future__ import annotations

from accord.console.serving.desk import Console
from accord.organisation.books.closing import made_again
from accord.organisation.books.exporting import PeriodExport
from accord.presentation.faults import Refused
from accord.presentation.words.days import day_in_words
from accord.presentation.words.organisation.funds import Pairs
from accord.presentation.words.values import NamesInWords, number_in_words, sum_in_words
from domain.books.events import BookEvent, PeriodCloseAsked, PeriodClosed
from domain.books.statements import trial_balance
from domain.directory.chart import chart_of


async def book_act_in_words(console: Console, act: BookEvent, names: NamesInWords) -> tuple[str, Pairs]:
    """Return the content of an act on a period, and the trial balance at its end, by the export that is made here anew.

    Raises:
        Refused: It confirms what does not wait any more, or the export made here is another one.
    """
    match act:
        case PeriodCloseAsked():
            day = day_in_words(act.last_day)
            oath = f"You ask to close the book up to {day}. It is closed once another person confirms it."
            return oath, await _pairs(console, act, [("Reason", act.reason)])
        case PeriodClosed():
            request = (await console.books.closes()).requests.get(act.close_id)
            if request is None:
                raise Refused("this close does not wait any more: the periods say how it stands", "Unknown")
            request_pairs = [("Reason", request.reason), ("Asked for by", names.person(request.actor))]
            oath = (
                f"You close the book up to {day_in_words(request.last_day)}. What comes later goes to the next period."
            )
            return oath, await _pairs(console, request, request_pairs)


async def _pairs(console: Console, request: PeriodCloseAsked, words: Pairs) -> Pairs:
    export = await made_again(console.books, request)
    return [
        ("Entries of the period", number_in_words(export.entries)),
        ("Ledger", f"up to position {export.position}"),
        *words,
        *await _balances(console, export),
        ("Digest of the export", export.sha256),
    ]


async def _balances(console: Console, export: PeriodExport) -> Pairs:
    """Return the trial balance at the end of a period, an account with its currency each."""
    view = await console.books.read(export.last_day, export.position, export.rules)
    chart, pairs = chart_of(export.rules), []
    for line in trial_balance(view.book, export.last_day):
        side, amount = ("debit", line.debit) if line.debit else ("credit", line.credit)
        account = chart[line.account]
        pairs.append(
            (f"{account.code} {account.name}", f"{sum_in_words(amount, line.currency)} {side} ({line.funder})")
        )
    return pairs or [("Trial balance", "nothing stands in the book")]


async def outcome_on_book(console: Console, act: BookEvent) -> dict[str, str]:
    """Return the words of the page once an act on a period is recorded."""
    is_close = isinstance(act, PeriodClosed)
    words = "the period is closed, and its file stays as it is" if is_close else "another person closes the period now"
    return {
        "told": f"Recorded: {words}.",
        "words": "See the periods",
        "back": f"{console.settings.origin}/books/periods",
    }
