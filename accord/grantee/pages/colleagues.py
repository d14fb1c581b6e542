"""Colleagues: invite one by a code, and end their link."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.pages.codes import CODE_FAULTS, CodeRequest, code_in, code_page
from accord.grantee.rendering import page
from accord.grantee.visit import Visit

_ADDRESS: Final = re.compile(r"[^@\s<>\"',;:()\[\]\\]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")


async def show(request: Request, visit: Visit) -> Response:
    """Show the colleagues whom this link invited."""
    return await _listed(request, visit, "", "")


async def _listed(request: Request, visit: Visit, address: str, fault: str) -> Response:
    colleagues = await visit.link.colleagues(visit.form) if visit.may_submit else []
    content = {"colleagues": colleagues, "address": address, "fault": fault, "invited": "sent" in request.query_params}
    return page(request, "colleagues.html", content, 422 if fault else 200, visit)


async def ask(request: Request, visit: Visit) -> Response:
    """Have a code sent by which a colleague is invited."""
    form_fields = await request.form(max_fields=5, max_files=0)
    address, may = str(form_fields.get("address", "")).strip(), str(form_fields.get("may", ""))
    if (spoken := await visit.spoken(form_fields)) is not None:
        return await _listed(request, spoken, address, "")
    if not _ADDRESS.fullmatch(address) or not address.isascii() or len(address) > 254:
        return await _listed(request, visit, address, visit.words("fault.email", written=address[:60]))
    is_sent = await visit.link.ask_code("INVITE")
    fault = "" if is_sent else "code.link" if not visit.may_submit else "code.no_more"
    return _code(request, visit, address, may if may == "READ" else "FILL", fault)


async def invite(request: Request, visit: Visit) -> Response:
    """Invite a colleague by the code."""
    form_fields = await request.form(max_fields=5, max_files=0)
    address, may = str(form_fields.get("address", "")).strip(), str(form_fields.get("may", ""))
    if not _ADDRESS.fullmatch(address) or not address.isascii() or len(address) > 254:
        return await _listed(request, visit, address, visit.words("fault.email", written=address[:60]))
    may = may if may == "READ" else "FILL"
    fault = await visit.link.invite(visit.form, address, may, code_in(form_fields))
    if fault:
        return _code(request, visit, address, may, CODE_FAULTS[fault])
    return RedirectResponse(f"{visit.home}/colleagues?sent", 303)


def _code(request: Request, visit: Visit, address: str, may: str, fault: str) -> Response:
    asked = CodeRequest("colleagues/code", "code.invite", "colleagues", {"address": address, "may": may})
    return code_page(request, visit, asked, fault)


async def end(request: Request, visit: Visit) -> Response:
    """End a colleague's link."""
    form_fields = await request.form(max_fields=5, max_files=0)
    try:
        colleague = UUID(str(form_fields.get("colleague", "")))
    except ValueError:
        return RedirectResponse(f"{visit.home}/colleagues", 303)
    if colleague != visit.form.link:
        await visit.link.revoke(colleague)
    return RedirectResponse(f"{visit.home}/colleagues", 303)
