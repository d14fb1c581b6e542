"""The reader's own page: roles, keys, delegations, and sessions, which they can end."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from accord.console.organisation.enrolments import made_in_words, waiting_enrolments
from accord.console.organisation.people import keys_in_words
from accord.console.serving.desk import Console
from accord.post.choices import choice_of
from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.values import NamesInWords, listed
from accord.web.pages import page
from accord.web.sessions import COOKIE
from domain.plans import MailLanguage
from domain.signatures.passkeys import PasskeyKey
from ledger import clock


async def show(request: Request) -> Response:
    """Show the directory's record of the reader, and their sessions."""
    console: Console = request.app.state.console
    reader, directory = request.state.reader, await console.desk.directory()
    names = NamesInWords(directory)
    return page(
        request,
        "me.html",
        {
            "member": directory.person(reader),
            "capacities": directory.capacities(reader, clock.today()),
            "who": as_sentence(listed([words_of(role) for role in names.roles(reader)]) or "no role"),
            "made": [made_in_words(enrolment) for enrolment in await waiting_enrolments(console, reader)],
            "keys": keys_in_words(directory, reader),
            "has_passkey": any(isinstance(key.key, PasskeyKey) for key in directory.keys if key.staff_id == reader),
            "delegations": [
                delegation for delegation in directory.delegations if reader in {delegation.lender, delegation.borrower}
            ],
            "sessions": await console.sessions.of(reader, request.cookies[COOKIE]),
            "settings": console.settings,
            "names": names,
            "mail": await choice_of(console.desk.pool, reader),
            "languages": [(language.value, words_of(language)) for language in MailLanguage],
        },
    )
