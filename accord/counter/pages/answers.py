"""The pages of the bank's answers: bring a file in, read what it says before it is signed, and see what waits."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.waiting.account_statements import stated_accounts
from accord.client.waiting.open_exceptions import listed_exceptions
from accord.client.waiting.stated_entries import explained_accounts, may_own
from accord.counter.pages.errands.doing import prepare
from accord.counter.pages.errands.errands import BringIn
from accord.counter.pages.errands.hearing import finish, read_file, statement_in_words
from accord.counter.pages.open_entries import owners_in_words
from accord.counter.pages.preparing import outcome_page
from accord.counter.pages.site import CounterSite
from accord.presentation.faults import BadInput
from accord.presentation.words.exceptions import heading_of
from accord.presentation.words.values import NamesInWords
from accord.web.errands import ErrandOutcome
from accord.web.pages import page, problem
from deploy.logins import Login
from domain.payment.stated.entries import FINANCE
from payments.answers.bank_files import unfinished

MOST_BYTES: Final = 4 * 1024 * 1024
"""The largest file of the bank that is brought in by a page. A larger one is brought in by the shell."""
MOST_OPEN: Final = 50
"""Open entries that the page names, the oldest first."""
A_CSV: Final = (
    "file: a bank's own CSV names no account, and is read by a mapping that two of finance signed; it is brought in by "
    "the shell alone. A camt.053 or a BAI2 file of the same days comes in here"
)
TOO_LARGE: Final = "file: it is larger than 4 MB; bring it in by the shell: `accord payments import FILE`"


async def show(request: Request) -> Response:
    """Show the form for the bank's answers, and what of earlier ones waits for a person."""
    site: CounterSite = request.app.state.site
    desk = site.desk_of(Login.IMPORTER, client=False)
    async with desk.pool.acquire() as connection:
        cut_off = len(await unfinished(connection))
    exceptions = [
        (exception, heading_of(exception.kind, exception.reason)) for exception in await listed_exceptions(desk)
    ]
    accounts = await stated_accounts(desk)
    directory = await desk.directory()
    names = NamesInWords(directory)
    open_lines = [
        (line, "finance" if line.owner == FINANCE.value else names.people((line.owner,)))
        for account in await explained_accounts(desk)
        for line in account.lines
        if line.is_open
    ]
    await site.looked_at(request.state.reader, "the bank's answers")
    content = {
        "cut_off": cut_off, "exceptions": exceptions, "accounts": accounts, "open_lines": open_lines[:MOST_OPEN],
        "more": len(open_lines[MOST_OPEN:]), "fault": "",
        "owners": owners_in_words(directory, names) if may_own(directory, request.state.reader) else [],
    }  # fmt: skip
    return page(request, "answers.html", content)


async def bring_in(request: Request) -> Response:
    """Read a file of the bank, and keep it for the touch of whoever brings it in."""
    site: CounterSite = request.app.state.site
    name, content = await _uploaded(request)
    if name.lower().endswith(".csv"):
        raise BadInput(A_CSV)
    prepared = await prepare(site, BringIn(name=name), request.state.reader, content)
    if isinstance(prepared, ErrandOutcome):
        return outcome_page(request, prepared)
    return RedirectResponse(f"/answers/{prepared}", 303)


async def _uploaded(request: Request) -> tuple[str, bytes]:
    """Return the name and the content of the file that was sent, bounded before it is read."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BYTES + 4096:
        raise BadInput(TOO_LARGE)
    async with request.form(max_files=1, max_fields=2) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise BadInput("file: choose the file that the bank sent")
        content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadInput(TOO_LARGE)
    return file.filename[:200], content


async def look(request: Request) -> Response:
    """Show what a file of the bank says, entry by entry, to whoever brought it in and has not signed it yet."""
    site: CounterSite = request.app.state.site
    address = request.path_params["address"]
    waiting = await site.errands.of(address, request.state.reader)
    if waiting is None or not isinstance(waiting.errand, BringIn):
        return problem(request, 404, "nothing waits here any more; bring the file in again")
    read = await read_file(site, waiting.errand.name, waiting.upload)
    await site.looked_at(request.state.reader, "a file of the bank")
    context = {
        "name": waiting.errand.name,
        "size": len(waiting.upload),
        "sha256": waiting.shown.content["sha256"],
        "entries": read.entries,
        "statements": [statement_in_words(statement) for statement in read.statements],
        "also": read.also,
        "signing": f"{site.settings.signing_origin}/sign/{address}",
    }
    return page(request, "answer.html", context)


async def finish_cut_off(request: Request) -> Response:
    """Finish imports that were cut off. Their files were signed when they were brought in."""
    return outcome_page(request, await finish(request.app.state.site, request.state.reader))
