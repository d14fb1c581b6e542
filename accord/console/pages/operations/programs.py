"""The page of programs: endpoints that hear the ledger, tokens that read it, and followers that cosign it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from accord.console.pages.operations.followers import followers_of
from accord.console.serving.desk import Console
from accord.operations.webhooks.cursors import Cursor
from accord.operations.webhooks.enrolling import EndpointStanding, standings
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.organisation.programs import ENDPOINTS, SCOPES, TOKENS, UNKEPT, WAITS, ProgramWords
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page
from domain.directory.directory import Directory
from domain.directory.people import ApiTokenEnrolled
from domain.organisation.tokens import ApiToken, Scope
from domain.webhooks.endpoint import Endpoint
from ledger import clock
from records.keys.api_tokens import TokensOnRecord, TokenStanding
from records.keys.enrolments import EnrolmentOnRecord, enrolments

_LAST_LOOKS: Final = (
    "SELECT staff_id, max(at) AS at FROM console.looks WHERE staff_id LIKE 'T-%' AND staff_id = ANY ($1) GROUP BY 1"
)
"""By its index of tokens' looks alone (migration 0055)."""
_ORDER: Final = ("STOPPED", "FAILING", "WAITS", "ACTIVE", "OVER", "REVOKED")
"""The states of endpoints, what asks for somebody first."""
_NO_CURSOR: Final = Cursor("", 0, 0, 0, "", None, None, None, "")
_NOTED: Final = frozenset({Scope.LISTS, Scope.BANK_FILES})
"""The scopes whose looks are lines of the access log."""


class Enrolled(NamedTuple):
    """The two who enrolled something, and when."""

    by: str
    at: datetime | None


class EndpointRow(NamedTuple):
    """An endpoint on the page."""

    endpoint: Endpoint
    state: ProgramWords
    enrolled: Enrolled | None
    position: int
    """The position after which the next event is looked for."""
    behind: int
    answer: str
    """Its last answer in a sentence, where it did not take the event, or ''."""
    commands: tuple[str, ...]
    tried: int = 0
    taken_at: datetime | None = None
    next_at: datetime | None = None
    stopped_at: datetime | None = None


class TokenRow(NamedTuple):
    """A token on the page."""

    token: ApiToken
    holder: str
    opens: tuple[str, ...]
    state: ProgramWords
    enrolled: Enrolled | None
    is_noted: bool
    """True if its looks are lines of the access log."""
    last_look: datetime | None


async def show(request: Request) -> Response:
    """Show what programs outside hear and read, up to where, and why one does not. It reads alone."""
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, "programs")
    directory = await console.desk.directory()
    signers, names = await enrolments(console.desk.ledger), NamesInWords(directory)
    lines = sorted(await standings(console.desk), key=lambda line: (_ORDER.index(line.state), line.endpoint.name))
    endpoints = [_endpoint(line, signers, names) for line in lines]
    tokens = await _tokens(console, directory, signers, names)
    keys = [row.token.witness for row in tokens if row.token.witness and row.state == TOKENS[TokenStanding.OPEN]]
    context = {
        "endpoints": endpoints,
        "tokens": tokens,
        "followers": await followers_of(console, keys),
        "head": await console.desk.ledger.head(),
    }
    return page(request, "programs.html", context)


def _endpoint(line: EndpointStanding, signers: Mapping[str, EnrolmentOnRecord], names: NamesInWords) -> EndpointRow:
    cursor, endpoint = line.cursor or _NO_CURSOR, line.endpoint
    state = UNKEPT if line.cursor is None and line.state == "STOPPED" else ENDPOINTS[line.state]
    is_open = line.state in {"FAILING", "STOPPED"}
    reason = cursor.reason if is_open else ""
    answer = f"{as_sentence(names.within(reason)).rstrip('.')}." if reason else ""
    commands = tuple(command.format(endpoint.name) for command in state.commands)
    return EndpointRow(
        endpoint, state, _enrolled(endpoint.sha256, signers, names), cursor.begins(endpoint), line.behind, answer,
        commands, cursor.tried, cursor.taken_at, cursor.next_at if is_open else None,
        cursor.stopped_at if is_open else None,
    )  # fmt: skip


async def _tokens(
    console: Console, directory: Directory, signers: Mapping[str, EnrolmentOnRecord], names: NamesInWords
) -> list[TokenRow]:
    """Return each token, the newest first, after those that wait for a second guardian."""
    held = await TokensOnRecord(console.desk.ledger).all_held(clock.today())
    looks = await _last_looks(console.desk.pool, [held_token.token.token_id for held_token in held])
    waiting = [
        fact.token for change in directory.pending for fact in change.changes if isinstance(fact, ApiTokenEnrolled)
    ]
    standing = [(token, WAITS) for token in waiting] + [
        (held_token.token, TOKENS[held_token.standing]) for held_token in reversed(held)
    ]
    return [
        TokenRow(
            token, names.person(token.holder), tuple(SCOPES[scope] for scope in token.scopes), state,
            _enrolled(token.sha256, signers, names), not _NOTED.isdisjoint(token.scopes), looks.get(token.token_id),
        )
        for token, state in standing
    ]  # fmt: skip


async def _last_looks(pool: asyncpg.Pool, tokens: list[str]) -> dict[str, datetime]:
    return {row["staff_id"]: row["at"] for row in await pool.fetch(_LAST_LOOKS, tokens)}


def _enrolled(digest: str, signers: Mapping[str, EnrolmentOnRecord], names: NamesInWords) -> Enrolled | None:
    enrolment = signers.get(digest)
    return Enrolled(names.people(enrolment.guardians), enrolment.at) if enrolment is not None else None
