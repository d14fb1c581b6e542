"""The page that signs, on an origin of its own: it shows a statement in words, asks for the key, and hands it in.

It holds no key and believes nothing of what comes back: the gates verify the signature over the very statement.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.faults import BadInput, Refused, Unreachable
from accord.client.sight import Sight
from accord.client.wording import content_of
from accord.console.accounts import shown_account
from accord.console.acts import ACTS
from accord.console.desk import Console
from accord.console.pages import page, problem
from accord.console.prepared import Waiting, fault_of_waiting
from domain.partnership.admission import differing
from domain.partnership.commands import Release, StaffRequest
from domain.partnership.state import Partnership
from domain.passkeys import PasskeyKey, challenge_of, encoded
from domain.signing import PasskeySignature
from domain.values import Money

MOST_BYTES = 65_536


async def confirm(request: Request) -> Response:
    """Say in words what is signed, to whom money goes, and what changed since it was shown; then ask for the key."""
    console: Console = request.app.state.console
    waiting = await console.prepared.at(request.path_params["address"])
    if waiting is None:
        return problem(request, 404, "nothing waits here: it was shown for a quarter of an hour; prepare it again")
    if fault := fault_of_waiting(waiting):
        return problem(request, 422, fault)
    seen = await console.desk.known_sight(waiting.partnership_id)
    await console.looked_at(waiting.command.actor, waiting.partnership_id)
    return page(request, "sign.html", await _told(console, waiting, seen))


async def _told(console: Console, waiting: Waiting, seen: Sight) -> dict[str, Any]:
    message, actor = waiting.statement.message(), waiting.command.actor
    held = [one.key for one in (await console.desk.directory()).keys if one.staff_id == actor]
    keys = [one for one in held if isinstance(one, PasskeyKey) and one.origin == console.settings.signing_origin]
    shown = waiting.statement.shown
    account = getattr(waiting.command, "account", None) or seen.partnership.account
    return {
        "account": await shown_account(console.desk.pool, account.reference) if account is not None else None,
        "waiting": waiting,
        "paid": _paid(waiting.command, seen.partnership),
        "words": words_of(waiting.command),
        "content": content_of(waiting.command),
        "known": seen.partnership,
        "proposal": seen.partnership.proposed,
        "terms": shown.terms if shown is not None else None,
        "changed": differing(shown.terms, seen.terms) if shown is not None else "",
        "newer": seen.version - shown.version if shown is not None else 0,
        "digest": waiting.statement.digest,
        "keys": keys,
        "challenge": encoded(challenge_of(message)),
        "settings": console.settings,
    }


def _paid(command: StaffRequest, known: Partnership) -> Money | None:
    """Return the sum of the tranche that a release pays; None for any other act."""
    tranche = known.tranche(command.tranche) if isinstance(command, Release) else None
    return tranche.money if tranche is not None else None


def words_of(command: StaffRequest) -> str:
    """Return an act in words, as its form calls it."""
    return next((one.words for one in ACTS if isinstance(command, one.command)), command.kind)


async def decide(request: Request) -> Response:
    """Hand in a decision with the assertion of its actor's passkey, and answer with the receipt or the refusal.

    The page sends back the statement that it showed: the gates compare it with the command, field by field.
    """
    console: Console = request.app.state.console
    waiting = await console.prepared.at(request.path_params["address"])
    if waiting is None:
        return JSONResponse({"refused": "nothing waits here any more; prepare it again"}, 404)
    try:
        said = await request.body()
        if len(said) > MOST_BYTES:
            raise BadInput("the answer of the key is too long to be one")
        signed = waiting.command.model_copy(update={"signature": PasskeySignature.model_validate_json(said)})
        receipt = await console.desk.send(waiting.partnership_id, signed)
    except ValidationError:
        return JSONResponse({"refused": "what the browser handed in is no answer of a key"}, 422)
    except (BadInput, Refused) as fault:
        return JSONResponse({"refused": str(fault)}, 422)
    except Unreachable as fault:
        return JSONResponse({"unknown": f"{fault}. Touching the key again is safe: it is the same decision."}, 503)
    back = f"{console.settings.origin}/{waiting.partnership_id}#version-{receipt.version}"
    return JSONResponse({"position": receipt.position, "version": receipt.version, "back": back})
