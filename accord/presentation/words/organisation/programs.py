"""Endpoints of webhooks, tokens of the HTTP API and their scopes in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.organisation.tokens import Scope
from records.keys.api_tokens import TokenStanding


class ProgramWords(NamedTuple):
    """The words of where an endpoint or a token stands."""

    words: str
    tone: str
    sentence: str
    commands: tuple[str, ...] = ()
    """The shell's commands by which it goes on. {} stands for its name."""


WAITS: Final = ProgramWords("Waits", "warn", "A director or an auditor must confirm it.", ("accord staff pending",))
"""Of an endpoint or a token that one guardian proposed."""

UNKEPT: Final = ProgramWords(
    "Stopped", "bad", "Its secret is not kept here, so nothing can be signed for it. Revoke it, and enrol another one.",
    ("accord webhooks revoke {} --as STAFF",),
)  # fmt: skip
"""Of an endpoint whose secret is gone, as after a restore."""

ENDPOINTS: Final[Mapping[str, ProgramWords]] = MappingProxyType({
    "WAITS": WAITS,
    "ACTIVE": ProgramWords("Is sent to", "good", ""),
    "FAILING": ProgramWords(
        "Does not take it", "warn", "The same is sent again by itself, and nothing after it before it.",
        ("accord webhooks resume {} --as STAFF",),
    ),
    "STOPPED": ProgramWords(
        "Stopped", "bad", "Nothing is sent until somebody lets it go on. Nothing is lost meanwhile.",
        ("accord webhooks resume {} --as STAFF", "accord runbook webhook-stopped"),
    ),
    "OVER": ProgramWords("Over", "neutral", "Its last day is over. Two guardians enrol another one."),
    "REVOKED": ProgramWords("Revoked", "neutral", "Nothing is sent to it any more."),
})  # fmt: skip
"""Each state of an endpoint."""

TOKENS: Final[Mapping[TokenStanding, ProgramWords]] = MappingProxyType({
    TokenStanding.OPEN: ProgramWords("Open", "good", ""),
    TokenStanding.REVOKED: ProgramWords("Revoked", "neutral", "It opens nothing any more."),
    TokenStanding.OVER: ProgramWords("Over", "neutral", "Its last day is over. Two guardians enrol another one."),
    TokenStanding.DOUBTED: ProgramWords(
        "Closed", "bad", "Others may have had a key that signed for it. Two guardians enrol another one.",
    ),
})  # fmt: skip
"""Each standing of a token."""

SCOPES: Final[Mapping[Scope, str]] = MappingProxyType({
    Scope.LISTS: "lists, with names",
    Scope.EVENTS: "events, names sealed",
    Scope.PROOFS: "checkpoints and proofs",
    Scope.BANK_FILES: "files of the bank",
    Scope.COSIGN: "handing in cosignatures",
})  # fmt: skip
"""What each scope opens."""
