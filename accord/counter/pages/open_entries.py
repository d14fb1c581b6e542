"""The acts on an entry of a statement that nothing explains: who looks after it, and the question what it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.waiting.stated_entries import may_own
from accord.counter.pages.site import CounterSite
from accord.counter.stated.assigning import NOBODY, assign_entry
from accord.counter.stated.raising import exception_to_resolve
from accord.presentation.faults import BadInput
from accord.presentation.words.values import NamesInWords
from deploy.logins import Login
from domain.directory.directory import Directory
from payments.answers.exceptions import exception_name


def owners_in_words(directory: Directory, names: NamesInWords) -> list[tuple[str, str]]:
    """Return the people who may look after an entry, by the value of the field: finance first, then by name."""
    people = [
        (who, names.person(who)) for who in (member.staff_id for member in directory.staff) if may_own(directory, who)
    ]
    return [(NOBODY, "finance"), *sorted(people, key=lambda person: person[1].casefold())]


async def assign(request: Request) -> Response:
    """Give an open entry to a person, or back to finance, and go back to the list."""
    site: CounterSite = request.app.state.site
    to = str((await request.form()).get("to") or "").strip()
    if not to:
        raise BadInput("to: choose who looks after the entry")
    desk = site.desk_of(Login.IMPORTER, client=False)
    await assign_entry(desk, request.path_params["entry"], to, request.state.reader)
    return RedirectResponse("/answers#unexplained", 303)


async def ask_what_it_is(request: Request) -> Response:
    """Bring an open entry before people as an exception, and go where its reader can say what it is."""
    site: CounterSite = request.app.state.site
    desk = site.desk_of(Login.IMPORTER)
    raised = await exception_to_resolve(desk, request.path_params["entry"], request.state.reader)
    return RedirectResponse(f"/exceptions/{exception_name(raised.exception_id)}", 303)
