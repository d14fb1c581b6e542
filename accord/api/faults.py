"""The one form of an answer that is no answer: place, fault and remedy, as a problem document (RFC 9457)."""

from __future__ import annotations

import json
from typing import Final

from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"

TITLES: Final = {
    400: "the request cannot be read",
    401: "no token opens this",
    403: "the token does not open this",
    404: "there is nothing here",
    405: "this is asked with another method",
    409: "the ledger does not go that far",
    413: "the request is too large",
    422: "what was asked for is not to be had",
    429: "this was asked too often",
    500: "this failed",
    503: "the database does not answer",
}
"""The title of a problem, by its status."""


class ApiProblem(Exception):
    """A request that gets no answer: where the fault lies, what it is, and what to do about it."""

    def __init__(self, status: int, place: str, fault: str, remedy: str, retry_after: int = 0) -> None:
        super().__init__(f"{place}: {fault}; {remedy}")
        self.status = status
        self.place = place
        self.fault = fault
        self.remedy = remedy
        self.retry_after = retry_after

    def answer(self) -> Response:
        """Return it as a response."""
        content = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": str(self),
            "place": self.place,
            "fault": self.fault,
            "remedy": self.remedy,
        }
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="accord"'
        return Response(json.dumps(content), self.status, headers, MEDIA_TYPE)


def away(reason: str) -> ApiProblem:
    """Return the problem of a database that does not answer."""
    return ApiProblem(503, "the server", reason, "nothing was lost: ask again in a minute", 60)
