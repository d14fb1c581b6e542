"""The paths of the API in one table: each with its scope, its parameters and its answer. All are read with GET."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from accord.api.ledger_answers import NOTE, LedgerAnswers
from accord.api.parameters import LARGEST, MOST_EVENTS, Parameter, whole_number
from domain.organisation.tokens import Scope

JSON: Final = "application/json"


class ApiRequest(NamedTuple):
    """A request that may be answered: its parameters, and what the answer is made of."""

    values: Mapping[str, Any]
    ledger: LedgerAnswers
    ledger_name: str


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


async def _events(asked: ApiRequest) -> dict[str, Any]:
    return await asked.ledger.events(asked.ledger_name, asked.values["after"], asked.values["limit"])


async def _checkpoint(asked: ApiRequest) -> str:
    return asked.ledger.checkpoint()


async def _consistency(asked: ApiRequest) -> dict[str, Any]:
    return await asked.ledger.consistency(asked.ledger_name, asked.values["from"], asked.values["to"])


_POSITION: Final = whole_number(0, LARGEST)

PATHS: Final = (
    ApiPath(
        "/v1/events", Scope.EVENTS, "The ledger's events after a position, as they are stored, names sealed",
        _events, "Events",
        (
            Parameter("after", "the position after which to begin; 0 for the first event", _POSITION, 0),
            Parameter("limit", "the most events of the answer", whole_number(1, MOST_EVENTS), MOST_EVENTS),
        ),
    ),
    ApiPath(
        "/v1/checkpoint", Scope.PROOFS, "The newest signed checkpoint of the ledger (C2SP tlog-checkpoint)",
        _checkpoint, "Note", media_type=NOTE,
    ),
    ApiPath(
        "/v1/consistency", Scope.PROOFS, "The proof that the ledger extends itself at a smaller size (RFC 6962, 2.1.2)",
        _consistency, "Consistency",
        (
            Parameter("from", "the smaller size", _POSITION, required=True),
            Parameter("to", "the larger size", _POSITION, required=True),
        ),
    ),
)  # fmt: skip
"""Every path that a token opens."""
