"""Close a period of the book: one person asks with its export's digest, another makes the same export and signs."""

from __future__ import annotations

from datetime import date
from typing import Any

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.books.exporting import PeriodExport, period_export
from accord.organisation.signed_acts import SignedAct, require_may, signed_act
from accord.presentation.books.general_ledger import FORM
from accord.presentation.faults import BadInput, Refused
from domain.books.events import PeriodCloseAsked, PeriodClosed
from domain.books.periods import chart_fault
from domain.recorded.acts import OrganisationAct
from domain.streams import BOOKS_STREAM
from records.books.reading import Books


async def ask_close(desk: Desk, last_day: date, reason: str, actor: str) -> PeriodExport:
    """Ask to close the period that ends on a day, and return its export.

    Raises:
        BadInput: Another period holds that day, or the reason is no sentence.
        Refused: The person may not, the day is not over, or the period is closed already; nothing is recorded.
    """
    await require_may(desk, actor, PeriodCloseAsked)
    export = await to_close(Books(desk.reader), last_day)
    await _record(desk, PeriodCloseAsked, actor, **content_of(export, reason))
    return export


async def confirm_close(desk: Desk, last_day: date, actor: str) -> PeriodExport:
    """Close a period that another person asked to close, after the same export was made here.

    Raises:
        BadInput: No close of that period waits.
        Refused: The person may not, asked for it, or the export made here is another one; nothing is recorded.
    """
    await require_may(desk, actor, PeriodClosed)
    books = Books(desk.reader)
    request = await waiting_close(books, last_day, actor)
    export = await made_again(books, request)
    await _record(desk, PeriodClosed, actor, close_id=request.signature.statement.command_id)
    return export


async def to_close(books: Books, last_day: date) -> PeriodExport:
    """Return the export with which a period is asked to close.

    Raises:
        BadInput: Another period holds that day.
        Refused: The period is closed already.
    """
    export = await period_export(books, last_day)
    if export.close is not None:
        raise Refused(
            f"the period up to {last_day} is closed already: `accord books export {last_day}` has its file",
            "IllegalTransition",
        )
    return export


def content_of(export: PeriodExport, reason: str) -> dict[str, Any]:
    """Return the content of the act that asks to close a period with its export."""
    return {
        "last_day": export.last_day, "position": export.position, "rules": export.rules, "form": FORM,
        "sha256": export.sha256, "reason": reason,
    }  # fmt: skip


async def waiting_close(books: Books, last_day: date, actor: str) -> PeriodCloseAsked:
    """Return the newest request to close the period that ends on a day: of another person than `actor`, if any is.

    Raises:
        BadInput: None waits.
    """
    requests = [request for request in (await books.closes()).requests.values() if request.last_day == last_day]
    if not requests:
        raise BadInput(f"period: nobody asked to close the period up to {last_day}; see `accord books periods`")
    other_requests = [request for request in requests if request.actor != actor]
    return (other_requests or requests)[-1]


async def made_again(books: Books, request: PeriodCloseAsked) -> PeriodExport:
    """Return the export of a request to close a period, as it is made here.

    Raises:
        Refused: It is not the export that the request was signed with, or by another chart than the organisation's.
    """
    if fault := chart_fault(request, await books.rules()):
        raise Refused(f"{request.actor} asked to close it, and {fault}", "ExportChanged")
    export = await period_export(books, request.last_day, request)
    if (export.sha256, FORM) != (request.sha256, request.form):
        raise Refused(
            f"the export made here has the digest {export.sha256[:16]}, and {request.actor} asked with"
            f" {request.sha256[:16]}; it is not closed: let one of you verify the ledger, and ask anew",
            "ExportChanged",
        )
    return export


async def _record(desk: Desk, kind: type[SignedAct], actor: str, **content: Any) -> None:
    event = await signed_act(desk, kind, BOOKS_STREAM, actor, **content)
    command_id = event.signature.statement.command_id
    await record_act(desk, OrganisationAct.model_validate({"command_id": command_id, "event": event}))
