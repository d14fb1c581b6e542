"""Signed statements: the decision, and what the person was shown when they took it.

The domain says which statement belongs to which act and what is wrong with one; whether the bytes were signed by a key
is mathematics of the room `signatures`, and comes in as a `Verifier`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import rfc8785
from pydantic import Field, StringConstraints, model_validator

from domain.values import FunderId, Moment, Money, Sha256, StaffId, Value, is_none

PUBLIC_KEY_BYTES = 32
"""The length of an Ed25519 public key (RFC 8032, section 5.1.5)."""

SignatureText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{85}[AQgw]==$")]
"""The 64 bytes of an Ed25519 signature in base64, in the one way to write them."""


class PublicKey(Value):
    """An Ed25519 public key (RFC 8032): 32 bytes, in base64."""

    ed25519: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]

    @property
    def content(self) -> bytes:
        """The key's bytes."""
        return base64.b64decode(self.ed25519)

    @property
    def key_id(self) -> str:
        """A short name that follows from the key itself."""
        digest = hashlib.sha256(b"accord key" + self.content).digest()
        return "EK-" + base64.b32encode(digest).decode("ascii")[:16]


KeyId = Annotated[str, StringConstraints(pattern=r"^EK-[A-Z2-7]{16}$")]

Verifier = Callable[[PublicKey, bytes, bytes], bool]
"""Whether a key made a signature over a message: (key, message, signature)."""


class Terms(Value):
    """The terms of a decision, as they were shown: a change in any of them makes it another decision."""

    amount: Money | None
    payee: str
    funder: FunderId
    purpose_sha256: Sha256
    account_sha256: Sha256 | None
    """Of the payee's bank details, where an agreement names them."""
    determination_sha256: Sha256
    """Of the public-interest determination: the objective, the community served, the statement (R6)."""
    rule_book: str
    """The edition that the findings shown were made under; empty before there are any."""


class Shown(Value):
    """The state that a person was shown."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """Of the stream."""
    position: Annotated[int, Field(ge=0, le=2**53 - 1)]
    """Of the stream's newest event in the ledger."""
    terms: Terms


Origin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._/-]{1,98}$")]
"""The name of an organisation's ledger, such as ledger.example.org."""


class LogEpoch(Value):
    """The ledger that is meant: its origin, and the part of its life between two restores."""

    origin: Origin
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)]


class Statement(Value):
    """The statement that is signed, in full; its RFC 8785 bytes are the message."""

    form: Literal["accord.statement.1", "accord.statement.2"] = "accord.statement.1"
    """The second names the ledger that it is signed for."""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    """The partnership, `directory`, or the bank account."""
    act: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    actor: StaffId
    at: Moment
    command_id: UUID
    content_sha256: Sha256
    """Of the canonical content of the command: everything it says, but for the fields that stand here."""
    shown: Shown | None = None
    log: LogEpoch | None = Field(default=None, exclude_if=is_none)
    """The ledger that it is signed for: on another one, or on a copy of it, it counts for nothing."""

    @model_validator(mode="after")
    def _names_a_ledger_in_the_second_form(self) -> Self:
        if (self.form == "accord.statement.2") != (self.log is not None):
            raise ValueError("a statement names its ledger in the second form, and there alone")
        return self

    def within(self, log: LogEpoch | None) -> Self:
        """Return the statement as it is signed for a ledger; before its first epoch, none is named."""
        form = "accord.statement.1" if log is None else "accord.statement.2"
        return self.model_copy(update={"form": form, "log": log})

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return rfc8785.dumps(self.model_dump(mode="json"))


class Signature(Value):
    """A statement with the signature on it, complete: it can be verified with nothing but the public key."""

    statement: Statement
    key_id: KeyId
    value: SignatureText

    @property
    def content(self) -> bytes:
        """The 64 bytes of the signature."""
        return base64.b64decode(self.value)


def content_digest(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a command's content as RFC 8785 JSON."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def statement_about(
    subject: str, act: str, actor: str, at: Moment, command_id: UUID, content: dict[str, Any]
) -> Statement:
    """Return the statement to sign for an act on something of the organisation's own, by all that the act says."""
    return Statement(
        subject=subject,
        act=act,
        actor=actor,
        at=at,
        command_id=command_id,
        content_sha256=content_digest(content),
    )


def fault_of(signature: Signature | None, expected: Statement, key: PublicKey | None, verifier: Verifier) -> str:
    """Return a signature's fault, or ''.

    `expected` is the statement that the act itself makes; what was shown is the signer's to say. The key is the
    signer's own of that name, in force; None where the directory holds none.
    """
    if signature is None:
        return "it is not signed"
    said = signature.statement.model_copy(update={"shown": None})
    for field in ("subject", "act", "actor", "at", "command_id", "content_sha256", "log"):
        if getattr(said, field) != getattr(expected, field):
            return f"the signature is for another {_NAMES[field]}"
    if key is None:
        return f"the directory holds no key {signature.key_id} of {expected.actor} in force"
    if not verifier(key, signature.statement.message(), signature.content):
        return f"the signature is not {expected.actor}'s"
    return ""


_NAMES = {
    "subject": "partnership",
    "act": "kind of decision",
    "actor": "person",
    "at": "time",
    "command_id": "command",
    "content_sha256": "content",
    "log": "ledger, or for another epoch of it",
}
