"""The addresses by which papers come in: JSON and parts for the script, one form for a browser without."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from accord.grantee.file_forms import MOST_ABOUT, file_of
from accord.grantee.papers import COME_AGAIN, PaperDoor, PaperNotTaken
from accord.grantee.store import GranteeLink, OpenForm
from papers.kinds import MOST_BYTES

Entered = Callable[[Request], Awaitable[tuple[GranteeLink, OpenForm] | None]]
"""Returns the link and the form of a browser that began, or None."""


def paper_routes(door: PaperDoor, entered: Entered, path: str = "/form/{name:str}/papers") -> list[Route]:
    """Return the routes of papers, for the application of the door.

    `path`: that of a form's papers. `POST` there begins one by JSON (field, name, size). `GET /ID` says how much of it
    is there. `PUT /ID/BYTES` is the part from there on. `POST /ID/whole` ends it, and `POST /ID/drop` drops it. `POST
    /form` is a form, as multipart, of the fields `field` and `back`, and then `file`; `POST /drop` one of `paper` and
    `back`. Both lead to `back`, with `paper=` and the code where it was not taken.
    """
    addresses = _Addresses(door, entered)
    return [
        Route(path, addresses.begin, methods=["POST"]),
        Route(f"{path}/form", addresses.form, methods=["POST"]),
        Route(f"{path}/drop", addresses.drop_by_form, methods=["POST"]),
        Route(f"{path}/{{paper:uuid}}", addresses.look, methods=["GET"]),
        Route(f"{path}/{{paper:uuid}}/whole", addresses.finish, methods=["POST"]),
        Route(f"{path}/{{paper:uuid}}/drop", addresses.drop, methods=["POST"]),
        Route(f"{path}/{{paper:uuid}}/{{beginning:int}}", addresses.add, methods=["PUT"]),
    ]


class _Addresses:
    def __init__(self, door: PaperDoor, entered: Entered) -> None:
        self._door = door
        self._entered = entered

    async def begin(self, request: Request) -> Response:
        """Begin a paper."""
        try:
            link, form = await self._form(request)
            fields = json.loads(await _bounded(request))
            field, name, size = str(fields["field"]), str(fields["name"]), int(fields["size"])
            paper = await self._door.begin(link, form, field, name, size)
        except PaperNotTaken as fault:
            return _refused(fault)
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"code": "LINK"}, 422)
        return JSONResponse({"paper": str(paper), "received": 0}, 201)

    async def look(self, request: Request) -> Response:
        """Answer with the size, the progress and the verdict of a paper."""
        try:
            link, form = await self._form(request)
        except PaperNotTaken as fault:
            return _refused(fault)
        for paper in await link.papers(form):
            if paper.id == _paper(request):
                fields = {"size": paper.size, "received": paper.received, "sha256": paper.sha256}
                return JSONResponse({**fields, "verdict": paper.verdict})
        return _refused(PaperNotTaken("LINK"))

    async def add(self, request: Request) -> Response:
        """Take a part."""
        try:
            link, form = await self._form(request)
            beginning = int(request.path_params["beginning"])
            received = await self._door.add(link, form, _paper(request), beginning, request.stream())
        except PaperNotTaken as fault:
            return _refused(fault)
        except ClientDisconnect:  # nobody hears the answer
            return Response(status_code=400)
        return JSONResponse({"received": received})

    async def finish(self, request: Request) -> Response:
        """End a paper, and answer with its digest."""
        try:
            link, form = await self._form(request)
            return JSONResponse({"sha256": await self._door.finish(link, form, _paper(request))})
        except PaperNotTaken as fault:
            return _refused(fault)

    async def drop(self, request: Request) -> Response:
        """Drop a paper."""
        try:
            link, _ = await self._form(request)
        except PaperNotTaken as fault:
            return _refused(fault)
        return JSONResponse({"dropped": await link.drop_paper(_paper(request))})

    async def drop_by_form(self, request: Request) -> Response:
        """Drop a paper, as a browser without a script asks for it."""
        try:
            link, _ = await self._form(request)
            submission = await request.form(max_files=0, max_fields=4)
            dropped = await link.drop_paper(UUID(str(submission.get("paper", ""))))
        except PaperNotTaken as fault:
            return _unread(request, fault)
        except ValueError:
            return _refused(PaperNotTaken("LINK"))
        return _back(str(submission.get("back", "")), "" if dropped else "LINK")

    async def form(self, request: Request) -> Response:
        """Take a paper whole, as a browser without a script sends it."""
        about: dict[str, str] = {}
        try:
            link, form = await self._form(request)
            content = file_of(request, about)
            first = await anext(content, b"")
            length = request.headers.get("content-length", "")
            size = min(int(length), MOST_BYTES) if length.isdecimal() and first else 0
            paper = await self._door.begin(link, form, about.get("field", ""), about.get("filename", ""), size)
            await self._door.take(link, form, paper, _after(first, content))
        except PaperNotTaken as fault:
            return _back(about["back"], fault.code) if "back" in about else _unread(request, fault)
        except ClientDisconnect:
            return Response(status_code=400)
        return _back(about.get("back", ""), "")

    async def _form(self, request: Request) -> tuple[GranteeLink, OpenForm]:
        place = await self._entered(request)
        if place is None:
            raise PaperNotTaken("LINK")
        if place[1].closed:
            raise PaperNotTaken("CLOSED")
        return place


def _paper(request: Request) -> UUID:
    paper: UUID = request.path_params["paper"]
    return paper


def _refused(fault: PaperNotTaken) -> Response:
    later = {"Retry-After": str(COME_AGAIN)} if fault.status == 503 else None
    return JSONResponse({"code": fault.code, "again": COME_AGAIN if later else None}, fault.status, later)


def _unread(request: Request, fault: PaperNotTaken) -> Response:
    """Answer a form that was not read: a closed one, or a link that opens nothing, has a page that says so."""
    if fault.code not in {"LINK", "CLOSED"}:
        return _refused(fault)
    return RedirectResponse(request.url.path.rpartition("/papers/")[0] or "/", 303)


def _back(path: str, code: str) -> Response:
    """Lead back to a page of the door's own."""
    own = path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
    return RedirectResponse(f"{own}?paper={quote(code)}" if code else own, 303)


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_ABOUT:
            raise PaperNotTaken("LARGE")
    return bytes(body)


async def _after(first: bytes, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in content:
        yield piece
