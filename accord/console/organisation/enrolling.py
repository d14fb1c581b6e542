"""Making a passkey: its owner makes it on the page that signs, and two guardians enter it in the directory."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.console.organisation.enrolments import KEPT
from accord.console.organisation.enrolments import keep as kept
from accord.console.serving.desk import Console
from accord.organisation.passkeys import Registration
from accord.presentation.faults import BadInput, Refused
from accord.web.outages import AWAY
from accord.web.pages import page, problem
from domain.signatures.attestation import enrolment_challenge
from domain.signatures.passkeys import encoded
from domain.values import is_staff_id

_MOST_BYTES: Final = 24_576


async def enrol(request: Request) -> Response:
    """Show the page on which a person makes a passkey. It is the same for an id that nobody has.

    Whoever asks here has no session, and learns of nobody. A key of nobody's is refused when a guardian enters it.
    """
    console: Console = request.app.state.console
    staff_id = request.path_params["staff"]
    if not is_staff_id(staff_id):
        return problem(request, 404, "there is no such page: its address ends with a staff id, such as amara.okello")
    directory = await console.desk.directory()
    context = {
        "staff_id": staff_id,
        "challenge": encoded(enrolment_challenge(staff_id)),
        "handle": encoded(staff_id.encode()),
        "attested": bool(directory.rules and directory.rules.models),
        "settings": console.settings,
    }
    return page(request, "enrol.html", context)


async def keep(request: Request) -> Response:
    """Keep a passkey that was made here for the guardians. It counts for nothing until two of them entered it."""
    body = await request.body()
    try:
        registration = Registration.model_validate_json(body[: _MOST_BYTES + 1])
        if registration.staff_id != request.path_params["staff"]:
            raise BadInput("it was made for another person")
        await kept(request.app.state.console, registration)
    except ValidationError:
        return JSONResponse({"refused": "what the browser handed in is no passkey"}, 422)
    except (BadInput, Refused) as fault:
        return JSONResponse({"refused": str(fault)}, 422)
    except AWAY:
        return JSONResponse({"refused": "the console did not answer; keep the file, and hand it to a guardian"}, 503)
    return JSONResponse({"told": f"It waits here for the guardians, for {KEPT.days} days."})
