"""The token of a request, looked up in the directory as it stands now, and its scopes."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from accord.api.faults import ApiProblem
from domain.organisation.tokens import ApiToken, Scope, digest_of_secret
from ledger import clock
from records.keys.api_tokens import TokensOnRecord, TokenStanding

_BEARER: Final = re.compile(r"(?i:bearer) ([A-Za-z0-9._~+/-]{1,200}=*)")
_PLACE: Final = "header Authorization"
_ANOTHER: Final = "ask two guardians for another token (`accord api token enrol`)"

_CLOSED: Final = {
    TokenStanding.REVOKED: "the token is revoked, or a guardian asked for that",
    TokenStanding.OVER: "the token's last day is over",
    TokenStanding.DOUBTED: "the token was enrolled with a key that others may have used",
}
"""Why a token opens nothing, by its standing."""


async def token_of(request: Request, tokens: TokensOnRecord) -> ApiToken:
    """Return the token of a request, which is open as of now.

    Raises:
        ApiProblem: There is none, nobody enrolled it, or it opens nothing any more.
    """
    header = request.headers.get("authorization", "")
    if not header:
        raise ApiProblem(401, _PLACE, "it is missing", "send `Authorization: Bearer TOKEN`")
    match = _BEARER.fullmatch(header)
    if match is None:
        raise ApiProblem(401, _PLACE, "it holds no bearer token", "send `Authorization: Bearer TOKEN`")
    held = await tokens.held(digest_of_secret(match[1]), clock.today())
    if held is None:
        raise ApiProblem(401, _PLACE, "nobody enrolled this token", _ANOTHER)
    if held.standing is not TokenStanding.OPEN:
        raise ApiProblem(401, _PLACE, _CLOSED[held.standing], _ANOTHER)
    return held.token


def require_scope(token: ApiToken, scope: Scope) -> None:
    """Raise ApiProblem unless a token has a scope."""
    if scope not in token.scopes:
        fault = f"the token {token.token_id} has {', '.join(token.scopes)}, and this needs {scope}"
        raise ApiProblem(403, _PLACE, fault, f"ask two guardians for a token with {scope}")
