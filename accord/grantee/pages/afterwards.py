"""The pages after handing in: the receipt, what was handed in, and where the matter stands."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.pages.codes import CODE_FAULTS, CodeRequest, code_in, code_page
from accord.grantee.rendering import page, trouble
from accord.grantee.store import HandedIn
from accord.grantee.visit import Visit

LEAF: Final = b"\0"
"""The byte before the digest in a leaf of the seal's tree (RFC 6962, section 2.1)."""


async def done(request: Request, visit: Visit) -> Response:
    """Show the receipt of each submission, the newest first."""
    receipts = list(reversed(await visit.link.handed_in(visit.form)))
    return page(request, "done.html", {"receipts": receipts}, visit=visit)


async def receipt(request: Request, visit: Visit) -> Response:
    """Give the receipt of a submission as a file: it says no answer, so it asks for no code."""
    digest = request.path_params["sha256"]
    submission = next((entry for entry in await visit.link.handed_in(visit.form) if entry.sha256 == digest), None)
    if submission is None:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{digest[:12]}.json"'}
    return Response(receipt_of(submission, visit.shown.case), 200, headers, "application/json")


def receipt_of(submission: HandedIn, case: str) -> bytes:
    """Return the file of a receipt. Once a checkpoint covers its seal it is whole: anybody verifies it without us."""
    content = {
        "form": "accord.submission-receipt.1",
        "number": submission.number,
        "sha256": submission.sha256,
        "leaf": hashlib.sha256(LEAF + bytes.fromhex(submission.sha256)).hexdigest(),
        "path": submission.path,
        **({"case": case} if case else {}),
    }
    if submission.receipt is None:
        early = {"form": "accord.submission-receipt.early", "at": submission.at.isoformat()}
        return json.dumps({**content, **early, "seal": submission.position}, indent=2).encode()
    return (json.dumps({**content, "event": submission.receipt.decode()}, indent=2) + "\n").encode()


async def seen(request: Request, visit: Visit) -> Response:
    """Show the submissions, or the way to see them, which asks for a code."""
    if not visit.form.opened:
        return page(request, "seen.html", {"submissions": (), "said": {}, "labels": {}}, visit=visit)
    submissions = [entry for entry in reversed(await visit.link.handed_in(visit.form)) if entry.content is not None]
    labels = {question.name: question for question in visit.sheet.questions}
    return page(
        request, "seen.html", {"submissions": submissions, "said": visit.filler.said, "labels": labels}, visit=visit
    )


async def ask_to_see(request: Request, visit: Visit) -> Response:
    """Have a code sent that shows what was handed in."""
    is_sent = await visit.link.ask_code("OPEN")
    return _code(request, visit, "" if is_sent else "code.link" if not visit.may_submit else "code.no_more")


async def open_seen(request: Request, visit: Visit) -> Response:
    """Open the submissions to whoever typed the code, for an hour, in this browser."""
    fault = await visit.link.open(visit.form, code_in(await request.form(max_fields=5, max_files=0)))
    return _code(request, visit, CODE_FAULTS[fault]) if fault else RedirectResponse(f"{visit.home}/seen", 303)


def _code(request: Request, visit: Visit, fault: str) -> Response:
    return code_page(request, visit, CodeRequest("seen/code", "code.open", "seen"), fault)


async def status(request: Request, visit: Visit) -> Response:
    """Show the state of the matter, in plain words."""
    return page(request, "status.html", {"fault": ""}, visit=visit)
