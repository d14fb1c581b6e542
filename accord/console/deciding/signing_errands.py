"""The page that signs, for the counter's errands: it says them, hands in the touch, and tells what the counter did.

It carries out nothing: the console's login may only put the signature beside the errand.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.console.deciding.oath import statement_facts
from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.errands import ErrandOutcome, ErrandShown, SignedErrands
from accord.web.pages import page, problem
from domain.signatures.passkeys import challenge_of, encoded
from domain.signatures.signing import PasskeySignature

PATIENCE: Final = 25.0
"""Seconds for which the page waits for the counter's word."""
PAUSE: Final = 0.2
_UNKNOWN: Final = (
    "you signed, and the counter has not answered yet. It is carried out within a quarter of an hour, or not at all:"
    " see the counter's pages before you do it again"
)


def counter_address(console: Console, path: str) -> str:
    """Return the address of a page of the counter. What is a whole address stays as it is."""
    if "://" in path:
        return path
    return (console.settings.counter_origin or console.settings.origin) + path


async def confirm_errand(request: Request, shown: ErrandShown) -> Response:
    """Say in words what is signed, and ask for the key."""
    console: Console = request.app.state.console
    statement = shown.statement
    if not shown.is_of_its_statement:
        return problem(request, 422, "what waits here is about something else than it shows: do not sign it")
    names = NamesInWords(await console.desk.directory())
    await console.looked_at(statement.actor, f"an errand on {statement.subject}")
    context = {
        "shown": shown,
        "signer": names.person(statement.actor),
        "leave": counter_address(console, shown.leave),
        "content": [(name.replace("_", " ").capitalize(), _plainly(said)) for name, said in shown.content.items()],
        "signed": statement_facts(statement, names),
        "digest": statement.digest,
        "keys": await passkeys_of(console, statement.actor),
        "challenge": encoded(challenge_of(statement.message())),
        "settings": console.settings,
    }
    return page(request, "sign_errand.html", context)


def _plainly(said: Any) -> str:
    match said:
        case dict():
            return ", ".join(f"{_plainly(part)}" for part in said.values())
        case list() | tuple():
            return ", ".join(map(_plainly, said))
        case _:
            return str(said)


async def decide_errand(console: Console, address: str, body: bytes) -> Response:
    """Hand in the touch, wait for what the counter does with it, and answer that.

    Raises:
        ValidationError: What was handed in is no answer of a key.
    """
    errands = SignedErrands(console.desk.pool)
    await errands.hand_in(address, PasskeySignature.model_validate_json(body))
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < deadline:
        if (outcome := await errands.outcome(address)) is not None:
            return await _answer(console, outcome)
        await asyncio.sleep(PAUSE)
    return JSONResponse({"unknown": _UNKNOWN}, 503)


async def _answer(console: Console, outcome: ErrandOutcome) -> Response:
    if outcome.refused:
        names = NamesInWords(await console.desk.directory())
        return JSONResponse({"refused": refusal_in_words(outcome.refused, names)}, 422)
    back = counter_address(console, outcome.back)
    return JSONResponse({"told": outcome.told, "next": outcome.following, "words": outcome.words, "back": back})
