"""The pages after handing in: the receipt, what was handed in, and where the matter stands."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.pages.handing_in import CODE_FAULTS, code_in
from accord.grantee.rendering import page, trouble
from accord.grantee.store import HandedIn
from accord.grantee.visit import Visit


async def done(request: Request, visit: Visit) -> Response:
    """Show what was handed in when, by its receipt, the newest first."""
    receipts = list(reversed(await visit.link.handed_in(visit.form)))
    return page(request, "done.html", {"receipts": receipts}, visit=visit)


async def receipt(request: Request, visit: Visit) -> Response:
    """Give the receipt of a submission as a file: it says no answer, so it asks for no code."""
    wanted = request.path_params["sha256"]
    found = next((one for one in await visit.link.handed_in(visit.form) if one.sha256 == wanted), None)
    if found is None:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{wanted[:12]}.json"'}
    return Response(receipt_of(found), 200, headers, "application/json")


def receipt_of(found: HandedIn) -> bytes:
    """Return the receipt of a submission as it is kept: its digest and time and, once it is sealed, its proof."""
    content = {
        "sha256": found.sha256,
        "at": found.at.isoformat(),
        "number": found.number,
        "position": found.position,
        "path": found.path,
        "receipt": json.loads(found.receipt) if found.receipt is not None else None,
    }
    return json.dumps(content, indent=2).encode()


async def seen(request: Request, visit: Visit) -> Response:
    """Show what was handed in, or how to have it shown: that asks for a code."""
    if not visit.form.opened:
        return page(request, "seen.html", {"submissions": (), "said": {}, "labels": {}}, visit=visit)
    submissions = [one for one in reversed(await visit.link.handed_in(visit.form)) if one.content is not None]
    labels = {question.name: question for question in visit.sheet.questions}
    return page(
        request, "seen.html", {"submissions": submissions, "said": visit.filler.said, "labels": labels}, visit=visit
    )


async def ask_to_see(request: Request, visit: Visit) -> Response:
    """Have a code sent that shows what was handed in."""
    asked = await visit.link.ask_code("OPEN")
    return _code(request, visit, "" if asked else "code.link" if not visit.may_submit else "code.no_more")


async def open_seen(request: Request, visit: Visit) -> Response:
    """Show what was handed in to whoever typed the code, for an hour, in this browser."""
    fault = await visit.link.open(visit.form, code_in(await request.form(max_fields=5, max_files=0)))
    return _code(request, visit, CODE_FAULTS[fault]) if fault else RedirectResponse(f"{visit.home}/seen", 303)


def _code(request: Request, visit: Visit, fault: str) -> Response:
    content = {
        "action": f"{visit.home}/seen/code",
        "button": "code.open",
        "fault": visit.words(fault) if fault else "",
        "hidden": {},
        "again": f"{visit.home}/seen",
    }
    return page(request, "code.html", content, 422 if fault else 200, visit)


async def status(request: Request, visit: Visit) -> Response:
    """Show where the matter stands, in plain words."""
    return page(request, "status.html", {}, visit=visit)
