"""The page on which a code from the mailbox is typed, for each act that asks for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.grantee.rendering import page
from accord.grantee.visit import Visit

CODE_FAULTS: Final = {
    "NONE": "code.none",
    "USED": "code.used",
    "EXPIRED": "code.expired",
    "TRIES": "code.tries",
    "CHANGED": "code.changed",
    "WRONG": "code.wrong",
    "LINK": "code.link",
    "MANY": "code.many",
}
"""The words of why a code was not taken."""


class CodeRequest(NamedTuple):
    """An act that asks for a code: its place below the form, the key of its button's word, and the page before it."""

    action: str
    button: str
    again: str
    hidden: Mapping[str, str] = MappingProxyType({})
    """Fields that are sent on with the code."""


def code_page(request: Request, visit: Visit, asked: CodeRequest, fault: str) -> Response:
    """Return the page on which a code is typed. `fault`: the key of why the last one was not taken, or empty."""
    content = {
        "action": f"{visit.home}/{asked.action}",
        "button": asked.button,
        "fault": visit.words(fault) if fault else "",
        "hidden": asked.hidden,
        "again": f"{visit.home}/{asked.again}",
    }
    return page(request, "code.html", content, 422 if fault else 200, visit)


def code_in(form_fields: Any) -> str:
    """Return the digits of a code as somebody typed it, with spaces or without."""
    return re.sub(r"[\s-]", "", str(form_fields.get("code", "")))[:20]
