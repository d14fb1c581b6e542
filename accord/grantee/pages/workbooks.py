"""A form as a workbook: handed out with what was written so far, and taken back filled, without a script as well."""

from __future__ import annotations

import re
import secrets
from contextlib import aclosing
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from accord.grantee.file_forms import file_of
from accord.grantee.papers import PaperNotTaken
from accord.grantee.rendering import page, trouble
from accord.grantee.visit import Visit
from accord.grantee.workbooks.filling import FilledByWorkbook, WorkbookFaults, filled_from, made
from accord.grantee.workbooks.opening import MOST_BYTES, WorkbookOpener, WorkbookRefused
from accord.web.limits import Places, Rate
from domain.submissions.kinds import AS_WORKBOOK

WORKBOOKS: Final = Rate(20, 6)
"""Workbooks handed out and brought back, by link."""
WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_AT_ONCE: Final = 8
"""Workbooks that come in at the same time, each held whole. The next is asked to come again."""
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9-]+")
_PAPER_FAULTS: Final = {"EMPTY": "workbook.none", "LARGE": "workbook.large", "BUSY": "workbook.busy"}


class WorkbookDoor:
    """The way of workbooks in: so many at once, one of each link, and one after the other into its child."""

    def __init__(self) -> None:
        self.opener = WorkbookOpener()
        self.places = Places(MOST_AT_ONCE, 1)


async def show(request: Request, visit: Visit) -> Response:
    """Show the page on which a form is fetched as a workbook, and brought back."""
    return _shown(request, visit)


def _shown(
    request: Request, visit: Visit, faults: tuple[str, ...] = (), filled: FilledByWorkbook | None = None
) -> Response:
    if visit.form.kind not in AS_WORKBOOK:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    return page(request, "workbook.html", {"faults": faults, "filled": filled}, 422 if faults else 200, visit)


async def fetch(request: Request, visit: Visit) -> Response:
    """Hand out the form as a workbook."""
    if visit.form.kind not in AS_WORKBOOK:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    content = await made(visit, secrets.token_hex(8))
    name = _NOT_IN_NAMES.sub("-", f"{visit.form.subject}-{visit.form.kind.lower()}-{visit.form.about}").strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, WORKBOOK_TYPE)


async def bring(request: Request, visit: Visit) -> Response:
    """Fill the form from a workbook that was brought back. Nothing of it is handed in, and none of it is kept."""
    if visit.form.kind not in AS_WORKBOOK or not visit.may_fill:
        return _shown(request, visit, (visit.words("tasks.read_only"),))
    door: WorkbookDoor = request.app.state.workbooks
    if not door.places.take(visit.link.name):
        return _shown(request, visit, (visit.words("workbook.busy"),))
    try:
        sheets = await door.opener.opened(await _content(request))
        return _shown(request, visit, filled=await filled_from(visit, sheets))
    except WorkbookRefused as fault:
        return _shown(request, visit, (visit.words(fault.key, **fault.facts),))
    except WorkbookFaults as faults:
        return _shown(request, visit, tuple(faults.words))
    finally:
        door.places.leave(visit.link.name)


async def _content(request: Request) -> bytes:
    """Return the bytes of the file that came, cut off where they become too many. Raises WorkbookRefused."""
    content = bytearray()
    try:
        async with aclosing(file_of(request, {})) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                content += piece
                if len(content) > MOST_BYTES:
                    raise WorkbookRefused("workbook.large")
    except PaperNotTaken as fault:
        raise WorkbookRefused(_PAPER_FAULTS.get(fault.code, "workbook.none")) from None
    if not content:
        raise WorkbookRefused("workbook.none")
    return bytes(content)
