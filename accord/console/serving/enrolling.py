"""Making a passkey: its owner makes it on the page that signs, and two guardians enter it in the directory."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from accord.console.pages.pages import page, problem
from accord.console.serving.desk import Console
from domain.attestation import enrolment_challenge
from domain.passkeys import encoded
from domain.values import is_staff_id


async def enrol(request: Request) -> Response:
    """Show the page on which a person of the directory makes a passkey. It is handed to a guardian as a file.

    It is the same for an id that nobody has: whoever asks here has no session, and learns of nobody. Such a key is
    refused when a guardian enters it.
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
