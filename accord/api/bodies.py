"""The body of a request: read up to its bound, as text that the database can keep."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from accord.api.faults import ApiProblem
from accord.api.requests import ApiBody

BODY: Final = "the request's body"


async def read_body(request: Request, body: ApiBody) -> str:
    """Return the text that is handed in.

    Raises:
        ApiProblem: It is larger than the path takes, or is no text.
    """
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > body.largest:
            raise ApiProblem(413, BODY, f"it is over {body.largest} bytes", body.remedy)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ApiProblem(400, BODY, "it is not UTF-8", body.remedy) from None
    if "\0" in text:
        raise ApiProblem(400, BODY, "it has a character with the number 0", body.remedy)
    return text
