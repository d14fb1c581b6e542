"""The page that signs, on an origin of its own: it shows a statement in words, asks for the key, and hands it in.

It holds no key and believes nothing of what comes back: the gates verify the signature over the very statement.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.foresight import foreseen_approvals
from accord.client.sight import Sight
from accord.console.deciding.batches import require_undone
from accord.console.deciding.letters.choosing import letter_in
from accord.console.deciding.named_papers import named_papers
from accord.console.deciding.oath import told_of
from accord.console.deciding.overtaken import deeds_since
from accord.console.deciding.prepared import Waiting, WaitingList, actor_of, fault_of_waiting
from accord.console.deciding.signing_errands import confirm_errand, decide_errand
from accord.console.deciding.signing_lists import confirm_list, decide_list
from accord.console.door.taking_over import departures_of
from accord.console.lists.work import next_of
from accord.console.organisation.signing_acts import confirm_act, decide_act
from accord.console.organisation.signing_changes import confirm_change, decide_change
from accord.console.organisation.waiting import WaitingAct, WaitingChange, WaitingFounding
from accord.console.pages.case.ahead import what_is_next
from accord.console.pages.case.deciders import Decider, deciders_of, missing_in_words
from accord.console.pages.tables import names_with_funds
from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.presentation.acts import usage_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.refusals import refusal_in_words
from accord.presentation.shown_accounts import shown_account
from accord.presentation.words.oaths import DONE
from accord.presentation.words.values import NamesInWords
from accord.web.errands import SignedErrands
from accord.web.outages import AWAY, first_line
from accord.web.pages import page, problem
from domain.partnership import commands as c
from domain.partnership.commands import Propose, StaffRequest
from domain.partnership.shown import differing
from domain.partnership.state import Partnership
from domain.partnership.submission.taking_over import TakingOver
from domain.signatures.passkeys import challenge_of, encoded
from domain.signatures.signing import PasskeySignature
from workflows.messages import Receipt

MOST_BYTES = 262_144


async def confirm(request: Request) -> Response:
    """Say in words the content to sign, the receiver of money, and the changes since it was shown. Ask for the key."""
    console: Console = request.app.state.console
    address = request.path_params["address"]
    waiting = await console.prepared.at(address)
    if waiting is None and (shown := await SignedErrands(console.desk.pool).at(address)) is not None:
        return await confirm_errand(request, shown)
    if waiting is None or isinstance(waiting, WaitingFounding):
        return problem(request, 404, "nothing waits here: it was shown for a quarter of an hour; prepare it again")
    if isinstance(waiting, WaitingList):
        return await confirm_list(request, waiting)
    if isinstance(waiting, WaitingAct):
        return await confirm_act(request, waiting)
    if isinstance(waiting, WaitingChange):
        return await confirm_change(request, waiting)
    if fault := fault_of_waiting(waiting):
        return problem(request, 422, str(fault))
    sight = await console.desk.sight(waiting.partnership_id)
    await console.looked_at(waiting.command.actor, waiting.partnership_id)
    return page(request, "sign.html", await _told(console, waiting, sight, address))


async def _told(console: Console, waiting: Waiting, sight: Sight | None, address: str) -> dict[str, Any]:
    """Return the facts on the page. `sight` is the partnership as it stands, or None for one that this proposes."""
    snapshot, proposed = waiting.statement.shown, getattr(waiting.command, "proposal", None)
    names = await names_with_funds(console, proposed or (sight.partnership.proposed if sight is not None else None))
    account = getattr(waiting.command, "account", None) or (sight.partnership.account if sight else None)
    shown = await shown_account(console.desk.pool, account.reference) if account is not None else None
    history = await console.desk.history(waiting.partnership_id) if sight is not None else ()
    foreseen = await foreseen_approvals(console.desk, sight.partnership) if sight is not None else None
    return {
        **told_of(waiting, sight, history, names, shown, foreseen),
        "waiting": waiting,
        "leave": f"propose/{waiting.draft}?step=check" if waiting.draft else waiting.partnership_id,
        "shell": usage_of(type(waiting.command), waiting.partnership_id),
        "changed": differing(snapshot.terms, sight.terms) if snapshot is not None and sight is not None else None,
        "newer": sight.version - snapshot.version if snapshot is not None and sight is not None else 0,
        "meanwhile": deeds_since(history, snapshot.version, names) if snapshot is not None else (),
        "digest": waiting.statement.digest,
        "keys": await passkeys_of(console, waiting.command.actor),
        "challenge": encoded(challenge_of(waiting.statement.message())),
        "settings": console.settings,
        "letter": await letter_in(console, waiting),
        "departs": await departures_of(console, waiting, names),
        "takes_over": isinstance(waiting.command, TakingOver) and waiting.command.submission is not None,
        "named": await named_papers(
            console, waiting.command, sight.partnership if sight is not None else None, history, names
        ),
        "pictures": f"/sign/{address}/letter",
    }


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
        return await _handed_in(console, request.path_params["address"], await request.body())
    except ValidationError:
        return JSONResponse({"refused": "what the browser handed in is no answer of a key"}, 422)
    except (BadInput, Refused) as fault:
        names = NamesInWords(await console.desk.directory())
        return JSONResponse({"refused": refusal_in_words(fault, names)}, 422)
    except AWAY as fault:  # also after it was recorded: the receipt is compared with the ledger
        message = f"{first_line(fault)}. Touching the key again is safe: it is the same decision"
        return JSONResponse({"unknown": message}, 503)


async def _handed_in(console: Console, address: str, body: bytes) -> Response:
    if len(body) > MOST_BYTES:
        raise BadInput("the answer of the key is too long to be one")
    waiting = await console.prepared.at(address)
    if waiting is not None:
        console.has_acted(actor_of(waiting))
    match waiting:
        case None if (errand := await SignedErrands(console.desk.pool).at(address)) is not None:
            console.has_acted(errand.statement.actor)
            return await decide_errand(console, address, body)
        case None | WaitingFounding():
            return JSONResponse({"refused": "nothing waits here any more; prepare it again"}, 404)
        case WaitingList():
            return await decide_list(console, waiting, body)
        case WaitingAct():
            return await decide_act(console, waiting, body)
        case WaitingChange():
            return await decide_change(console, waiting, body)
    command = waiting.command.model_copy(update={"signature": PasskeySignature.model_validate_json(body)})
    await require_undone(console, waiting)
    receipt = await _sent(console, waiting.partnership_id, command)
    return JSONResponse(await _done(console, waiting, receipt))


async def _deciders(console: Console, partnership: Partnership, names: NamesInWords, actor: str) -> list[Decider]:
    """Return the people who decided and are to, after the signer did, for the page to show in place of those before."""
    history = await console.desk.history(partnership.partnership_id)
    foreseen = await foreseen_approvals(console.desk, partnership)
    return list(deciders_of(partnership, history, names, actor, foreseen))


async def _done(console: Console, waiting: Waiting, receipt: Receipt) -> dict[str, Any]:
    """Return what the page says once it is recorded: what happens next, and where the signer goes on."""
    origin, actor = console.settings.origin, waiting.command.actor
    names, partnership = (
        NamesInWords(await console.desk.directory()),
        await console.desk.partnership(waiting.partnership_id),
    )
    record = f"{origin}/{waiting.partnership_id}#version-{receipt.version}"
    deciders = await _deciders(console, partnership, names, actor) if partnership is not None else []
    missing = missing_in_words(deciders) if isinstance(waiting.command, c.Approve) else ""
    recorded = "It goes on to approval." if "ReferralCleared" in receipt.what else "Your approval is recorded."
    done = {
        "position": receipt.position,
        "version": receipt.version,
        "told": f"{recorded} {missing}" if missing else f"{DONE[type(waiting.command)]}.",
        "next": what_is_next(partnership, names) if partnership is not None else "",
        "deciders": deciders,
        "proof": f"Recorded as entry {receipt.position} of the ledger.",
        "record": record,
    }
    if waiting.batch:
        return {**done, "words": "Sign the next", "back": f"{origin}/bulk/{waiting.batch}/next"}
    await console.looked_at(actor, "the queue")
    if line := await next_of(console, actor, waiting.partnership_id):
        words = f"Next in your work: {line.shown['title']}"
        return {**done, "words": words, "back": f"{origin}/{line.shown['partnership_id']}"}
    return {**done, "words": "Nothing else waits for you: see your work", "back": f"{origin}/?view=mine"}
