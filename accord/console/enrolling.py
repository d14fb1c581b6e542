"""Making a passkey: its owner makes it on the page that signs, and two guardians enter it in the directory."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from accord.console.desk import Console
from accord.console.pages import page, problem
from domain.attestation import enrolment_challenge
from domain.passkeys import encoded


async def enrol(request: Request) -> Response:
    """Show the page on which a person of the directory makes a passkey. It is handed to a guardian as a file."""
    console: Console = request.app.state.console
    staff_id = request.path_params["staff"]
    directory = await console.desk.directory()
    if directory.person(staff_id) is None:
        return problem(request, 404, f"the staff directory holds nobody named {staff_id!r}")
    shown = {
        "staff_id": staff_id,
        "challenge": encoded(enrolment_challenge(staff_id)),
        "handle": encoded(staff_id.encode()),
        "attested": bool(directory.rules and directory.rules.models),
        "settings": console.settings,
    }
    return page(request, "enrol.html", shown)
