"""Mail: the reader's own choice, and the mails that did not arrive, for a person to settle."""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.serving.desk import Console
from accord.post import outbox
from accord.post.choices import choose
from accord.post.outbox import FOR_A_PERSON, Mail
from accord.post.recipients import STAFF
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import whole_number
from accord.presentation.words.mail import KINDS, STATES
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page

MOST: Final = 200
"""The most lines of the page."""


class MailLine(NamedTuple):
    """A mail that waits for a person."""

    mail_id: str
    kind: str
    state: str
    reason: str
    to: str
    partnership_id: str
    """The partnership whose contact it was for, or ''."""
    mail: Mail


async def show(request: Request) -> Response:
    """Show the mails that were refused or are in doubt, the newest first."""
    console: Console = request.app.state.console
    names = NamesInWords(await console.desk.directory())
    mails = await outbox.listed_mails(console.desk.pool, FOR_A_PERSON, MOST)
    return page(request, "mail.html", {"lines": [_line(mail, names) for mail in mails]})


async def settle(request: Request) -> Response:
    """Send another mail in the place of one, or let it be."""
    console: Console = request.app.state.console
    choice = str((await request.form()).get("do", ""))
    mails = await outbox.mails_named(console.desk.pool, str(request.path_params["mail"]))
    if len(mails) != 1:
        raise Refused("there is no such mail", "Unknown")
    match choice:
        case "again":
            is_settled = await outbox.send_anew(console.desk.pool, mails[0], request.state.reader) is not None
        case "let-go":
            is_settled = await outbox.let_go(console.desk.pool, mails[0], request.state.reader)
        case _:
            raise BadInput("do: say whether it is sent again or let go")
    if not is_settled:
        raise Refused("somebody settled it meanwhile, or it waits for nobody", "Conflict")
    return RedirectResponse("/mail", 303)


async def keep_choice(request: Request) -> Response:
    """Keep the reader's choice."""
    console: Console = request.app.state.console
    submission = {name: str(value).strip() for name, value in (await request.form()).items()}
    hour = submission.get("digest", "")
    digest = whole_number(hour, 2) if hour else None
    if hour and digest is None:
        raise BadInput(f"hour: {hour[:20]!r} is no hour of a day; choose one from the list")
    is_told = bool(submission.get("overdue"))
    await choose(
        console.desk.pool, request.state.reader, submission.get("address", ""), digest,
        submission.get("zone", ""), is_told, submission.get("language") or "en",
    )  # fmt: skip
    return RedirectResponse("/me#mail", 303)


def _line(mail: Mail, names: NamesInWords) -> MailLine:
    kind, _, subject = mail.recipient.partition("/")
    partnership_id, _, number = subject.partition("/")
    is_staff = kind == STAFF
    return MailLine(
        str(mail.id), KINDS[mail.kind.value], STATES[mail.state.value], mail.reason,
        names.person(subject) if is_staff else f"contact {int(number) + 1} of",
        "" if is_staff else partnership_id, mail,
    )  # fmt: skip
