"""The page that signs, on an origin of its own: it shows a statement in words, asks for the key, and hands it in.

It holds no key and believes nothing of what comes back: the gates verify the signature over the very statement.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.sight import Sight
from accord.console.deciding.batches import require_undone
from accord.console.deciding.prepared import Waiting, WaitingAct, WaitingList, fault_of_waiting
from accord.console.deciding.signing_acts import confirm_act, decide_act
from accord.console.deciding.signing_lists import confirm_list, decide_list
from accord.console.pages.pages import page, problem
from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.console.serving.outages import AWAY, first_line
from accord.presentation.acts import usage_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.forms import differences
from accord.presentation.shown_accounts import shown_account
from accord.presentation.wording import content_of
from domain.partnership.commands import Amend, Propose, Release, StaffRequest
from domain.partnership.procedure import PROCEDURE
from domain.partnership.shown import differing
from domain.partnership.state import Partnership
from domain.passkeys import challenge_of, encoded
from domain.proposal import Proposal
from domain.signing import PasskeySignature
from domain.values import Money
from workflows.messages import Receipt

MOST_BYTES = 262_144


async def confirm(request: Request) -> Response:
    """Say in words the content to sign, the receiver of money, and the changes since it was shown. Ask for the key."""
    console: Console = request.app.state.console
    waiting = await console.prepared.at(request.path_params["address"])
    if waiting is None:
        return problem(request, 404, "nothing waits here: it was shown for a quarter of an hour; prepare it again")
    if isinstance(waiting, WaitingList):
        return await confirm_list(request, waiting)
    if isinstance(waiting, WaitingAct):
        return await confirm_act(request, waiting)
    if fault := fault_of_waiting(waiting):
        return problem(request, 422, str(fault))
    sight = await console.desk.sight(waiting.partnership_id)
    await console.looked_at(waiting.command.actor, waiting.partnership_id)
    return page(request, "sign.html", await _told(console, waiting, sight))


async def _told(console: Console, waiting: Waiting, sight: Sight | None) -> dict[str, Any]:
    """Return the facts on the page. `sight` is the partnership as it stands, or None for one that this proposes."""
    message, actor = waiting.statement.message(), waiting.command.actor
    snapshot = waiting.statement.shown
    account = getattr(waiting.command, "account", None) or (sight.partnership.account if sight else None)
    proposal = waiting.command.proposal if isinstance(waiting.command, Propose | Amend) else None
    return {
        "account": await shown_account(console.desk.pool, account.reference) if account is not None else None,
        "waiting": waiting,
        "paid": _paid(waiting.command, sight.partnership) if sight else None,
        "words": PROCEDURE[type(waiting.command)].title,
        "shell": usage_of(type(waiting.command), waiting.partnership_id),
        "content": [] if proposal else content_of(waiting.command),
        "proposed": proposal,
        "changes": _changes(proposal, sight),
        "whole": json.dumps(proposal.model_dump(mode="json"), indent=1) if proposal else "",
        "proposal": proposal or (sight.partnership.proposed if sight else None),
        "holds": sight.partnership.holds if sight is not None else (),
        "terms": snapshot.terms if snapshot is not None else None,
        "changed": differing(snapshot.terms, sight.terms) if snapshot is not None and sight is not None else None,
        "newer": sight.version - snapshot.version if snapshot is not None and sight is not None else 0,
        "digest": waiting.statement.digest,
        "keys": await passkeys_of(console, actor),
        "challenge": encoded(challenge_of(message)),
        "settings": console.settings,
    }


def _changes(proposal: Proposal | None, sight: Sight | None) -> list[tuple[str, str, str]]:
    """Return the changes of a proposal to the one on record: field, before, after."""
    if proposal is None or sight is None:
        return []
    before, after = (proposal.model_dump(mode="json") for proposal in (sight.partnership.proposed, proposal))
    return list(differences(before, after))


def _paid(command: StaffRequest, partnership: Partnership) -> Money | None:
    """Return the sum of the tranche that a release pays, or None for any other act."""
    tranche = partnership.tranche(command.tranche) if isinstance(command, Release) else None
    return tranche.money if tranche is not None else None


async def _sent(console: Console, partnership_id: str, command: StaffRequest) -> Receipt:
    """Send a signed decision. A proposal of which the ledger knows nothing begins its partnership."""
    if isinstance(command, Propose) and await console.desk.sight(partnership_id) is None:
        return await console.desk.begin(command)
    return await console.desk.send(partnership_id, command)


async def decide(request: Request) -> Response:
    """Hand in a decision with the assertion of its actor's passkey, and answer with the receipt or the refusal.

    The page sends back the statement that it showed: the gates compare it with the command, field by field.
    """
    console: Console = request.app.state.console
    try:
        waiting = await console.prepared.at(request.path_params["address"])
        if waiting is None:
            return JSONResponse({"refused": "nothing waits here any more; prepare it again"}, 404)
        body = await request.body()
        if len(body) > MOST_BYTES:
            raise BadInput("the answer of the key is too long to be one")
        if isinstance(waiting, WaitingList):
            return await decide_list(console, waiting, body)
        if isinstance(waiting, WaitingAct):
            return await decide_act(console, waiting, body)
        command = waiting.command.model_copy(update={"signature": PasskeySignature.model_validate_json(body)})
        await require_undone(console, waiting)
        receipt = await _sent(console, waiting.partnership_id, command)
    except ValidationError:
        return JSONResponse({"refused": "what the browser handed in is no answer of a key"}, 422)
    except (BadInput, Refused) as fault:
        return JSONResponse({"refused": str(fault)}, 422)
    except AWAY as fault:  # also after it was recorded: the receipt is compared with the ledger
        message = f"{first_line(fault)}. Touching the key again is safe: it is the same decision"
        return JSONResponse({"unknown": message}, 503)
    place = f"bulk/{waiting.batch}/next" if waiting.batch else f"{waiting.partnership_id}#version-{receipt.version}"
    words = "Sign the next" if waiting.batch else "See it in the record"
    receipt_fields = {
        "position": receipt.position,
        "version": receipt.version,
        "told": f"Recorded at position {receipt.position}.",
    }
    return JSONResponse({**receipt_fields, "words": words, "back": f"{console.settings.origin}/{place}"})
