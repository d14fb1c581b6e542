"""The page that signs, for acts on truths and funds: what is signed, in words, and its record by a worker."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.acts import record_act
from accord.console.editions.letter_pictures import letter_pages
from accord.console.organisation.ceremony import asked_for
from accord.console.organisation.telling_acts import act_in_words, outcome_of
from accord.console.organisation.waiting import WaitingAct, fault_of_act
from accord.console.serving.desk import Console
from accord.web.pages import page, problem
from domain.recorded.acts import OrganisationAct
from domain.signatures.signing import PasskeySignature
from records.funds import Funds


async def confirm_act(request: Request, waiting: WaitingAct) -> Response:
    """Say in words what is signed, and ask for the key."""
    console: Console = request.app.state.console
    if fault := fault_of_act(waiting):
        return problem(request, 422, str(fault))
    statement = waiting.statement
    words = await act_in_words(console, waiting)
    await console.looked_at(statement.actor, words.about)
    context = {
        "oath": words.oath,
        "content": words.content,
        "leave": words.leave,
        "number": words.number,
        "source": words.source,
        "letters": await letter_pages(words.template) if words.template is not None else (),
        "pictures": f"{request.url.path}/letter",
    }
    return page(request, "sign_act.html", {**context, **await asked_for(console, statement)})


async def decide_act(console: Console, waiting: WaitingAct, body: bytes) -> Response:
    """Have a signed act recorded, and answer that it is.

    Raises:
        ValidationError: What was handed in is no answer of a key.
        Refused: The act is not valid; nothing is recorded.
        Unreachable: Nobody answered in time; recording it again is safe.
    """
    signature, statement = PasskeySignature.model_validate_json(body), waiting.statement
    content = {"at": statement.at, "actor": statement.actor, "signature": signature, **waiting.content}
    event: Any = waiting.kind.model_validate(content)
    fund = await Funds(console.desk.reader).read(waiting.subject) if waiting.subject else None
    act = {"command_id": statement.command_id, "subject": waiting.subject, "event": event}
    await record_act(console.desk, OrganisationAct.model_validate(act))
    return JSONResponse(await outcome_of(console, waiting, event, fund))
