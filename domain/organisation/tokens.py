"""Tokens of the HTTP API: two guardians enrol one for a holder, and its secret's digest alone is on record."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

from pydantic import Field, StringConstraints, field_validator

from domain.values import Sha256, StaffId, Value, is_none

PREFIX: Final = "accord_"
"""The beginning of each secret, by which a scanner of leaked secrets knows one."""

TokenId = Annotated[str, StringConstraints(pattern=r"^T-[0-9A-F]{12}$")]
"""The name of a token, such as T-5D41402ABC4B: the beginning of its secret's digest, which tells nothing of it."""


WitnessKey = Annotated[str, StringConstraints(pattern=r"^[!-*,-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$")]
"""A cosigner's public key, NAME+ID+KEY (C2SP signed-note)."""


class Scope(StrEnum):
    """A part of the API that a token opens."""

    LISTS = "lists"
    """The lists of partnerships, payments, funds and so on, as the console shows them."""
    EVENTS = "events"
    """The ledger's events as they are stored, names sealed."""
    PROOFS = "proofs"
    """Checkpoints, and proofs that one extends another."""
    BANK_FILES = "bank-files"
    """The bytes of a bank's file, with the numbers of accounts in it."""
    COSIGN = "cosign"
    """Cosignatures on checkpoints."""


class ApiToken(Value):
    """A token as two guardians enrol it."""

    token_id: TokenId
    holder: StaffId = Field(description="Who reads with it: a member of staff, or a system or a firm by a short name")
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(Scope))]
    sha256: Sha256 = Field(description="The digest of its secret")
    last_day: date = Field(description="The last day on which it opens anything, in UTC")

    witness: WitnessKey | None = Field(
        default=None, exclude_if=is_none, description="The public key with which its holder cosigns checkpoints"
    )

    @field_validator("scopes")
    @classmethod
    def _are_in_order(cls, scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
        if list(scopes) != [scope for scope in Scope if scope in scopes]:
            raise ValueError(f"scopes stand once each, in this order: {', '.join(Scope)}")
        return scopes


def digest_of_secret(secret: str) -> str:
    """Return the digest by which a secret is known on record."""
    return sha256(secret.encode()).hexdigest()


def token_id_of(digest: str) -> str:
    """Return the name of the token whose secret has this digest."""
    return f"T-{digest[:12].upper()}"
