"""A path of the API, and a request that may be answered by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from accord.api.ledger_answers import LedgerAnswers
from accord.api.list_answers import ListAnswers
from accord.api.parameters import Parameter
from domain.organisation.tokens import ApiToken, Scope

JSON: Final = "application/json"


class ApiRequest(NamedTuple):
    """A request that may be answered: its parameters, and what the answer is made of."""

    values: Mapping[str, Any]
    ledger: LedgerAnswers
    ledger_name: str
    lists: ListAnswers
    token: ApiToken
    body: str = ""
    """The text that is handed in, where the path takes one."""


class ApiBody(NamedTuple):
    """The body that a path takes with POST."""

    what: str
    media_type: str
    largest: int
    """In bytes."""
    remedy: str
    """What to hand in instead, in words."""
    is_new: Callable[[Any], bool]
    """True if an answer says that what is handed in was not here before: 201 instead of 200."""


class ApiPath(NamedTuple):
    """A path of the API."""

    path: str
    scope: Scope
    summary: str
    answer: Callable[[ApiRequest], Awaitable[Any]]
    """Makes the answer: JSON content, or text or bytes of its own media type."""
    schema: str
    """The name of the answer's schema."""
    parameters: tuple[Parameter, ...] = ()
    media_type: str = JSON
    is_noted: bool = False
    """True if each answer is a line of the access log: it names people, or holds their accounts."""
    takes: ApiBody | None = None
    """The body that is handed in, or None for a path that is read."""

    @property
    def method(self) -> str:
        """The one method with which it is asked, beside HEAD where it is read."""
        return "GET" if self.takes is None else "POST"
