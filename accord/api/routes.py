"""The paths of the API in one table: each with its scope, its parameters and its answer. All but one are read."""

from __future__ import annotations

from typing import Any, Final

from accord.api.cosignatures import COSIGNATURES
from accord.api.ledger_answers import NOTE
from accord.api.list_paths import LIST_PATHS
from accord.api.parameters import LARGEST, MOST_EVENTS, Parameter, pattern, whole_number
from accord.api.requests import ApiPath, ApiRequest
from domain.organisation.tokens import Scope


async def _events(request: ApiRequest) -> dict[str, Any]:
    return await request.ledger.events(request.ledger_name, request.values["after"], request.values["limit"])


async def _checkpoint(request: ApiRequest) -> str:
    return request.ledger.checkpoint()


async def _consistency(request: ApiRequest) -> dict[str, Any]:
    return await request.ledger.consistency(request.ledger_name, request.values["from"], request.values["to"])


async def _bank_file(request: ApiRequest) -> bytes:
    return await request.ledger.bank_file(request.values["digest"])


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
    ApiPath(
        "/v1/bank-files/{digest}", Scope.BANK_FILES, "A file of the bank, byte by byte, by the SHA-256 of its content",
        _bank_file, "File",
        (Parameter("digest", "the SHA-256 of its content", pattern("[0-9a-f]{64}", "64 hexadecimal digits")),),
        "application/octet-stream", is_noted=True,
    ),
    COSIGNATURES,
    *LIST_PATHS,
)  # fmt: skip
"""Every path that a token opens."""
