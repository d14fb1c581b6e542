"""Signed statements: each names a decision and the state that its signer was shown.

The domain builds the statement that the signature on an act must cover, and compares it with the signed one. The
signature itself is verified by a `Verifier` that the caller passes in (`records/keys/verification.py`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter, model_validator

from domain.canonical_json import canonical_json
from domain.fault import Fault
from domain.signatures.attestation import Vouched
from domain.signatures.passkeys import (
    MOST_TOGETHER,
    AssertionSignature,
    AuthenticatorData,
    ClientData,
    PasskeyId,
    PasskeyKey,
    assertion_fault,
    challenge_of,
    challenge_of_list,
    decoded,
    signed_bytes,
)
from domain.values import FunderId, Moment, Money, Sha256, StaffId, Value, is_empty, is_none

PUBLIC_KEY_BYTES = 32
"""The length of an Ed25519 public key (RFC 8032, section 5.1.5)."""

SignatureText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{85}[AQgw]==$")]
"""The 64 bytes of an Ed25519 signature in canonical base64."""


class PublicKey(Value):
    """An Ed25519 public key (RFC 8032): 32 bytes, in base64."""

    ed25519: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]

    @property
    def content(self) -> bytes:
        """The key's bytes."""
        return base64.b64decode(self.ed25519)

    @property
    def key_id(self) -> str:
        """A short identifier derived from the key's bytes."""
        return _key_id(self.ed25519)


@lru_cache(1024)
def _key_id(ed25519: str) -> str:
    digest = hashlib.sha256(b"accord key" + base64.b64decode(ed25519)).digest()
    return "EK-" + base64.b32encode(digest).decode("ascii")[:16]


FileKeyId = Annotated[str, StringConstraints(pattern=r"^EK-[A-Z2-7]{16}$")]
KeyId = FileKeyId | PasskeyId

AnyKey = PublicKey | PasskeyKey
"""A person's public key: of a key file, or of a passkey."""

Verifier = Callable[[AnyKey | Vouched, bytes, bytes], bool]
"""A function of (key, message, signature) that returns True if the key made the signature over the message."""


class Terms(Value):
    """The terms of a decision, as they were shown: a change in any of them makes it another decision."""

    amount: Money | None
    payee: str
    funder: FunderId
    purpose_sha256: Sha256
    account_sha256: Sha256 | None
    """The digest of the payee's bank details, or None until an agreement names an account."""
    determination_sha256: Sha256
    """The digest of the public-interest determination: the objective, the community served, the statement (R6)."""
    amount_in: Money | None = Field(default=None, exclude_if=is_none)
    """The money in, where money moves both ways."""
    rule_book: str
    """The edition of the rule book that the findings were made under, empty before there are findings."""


class Shown(Value):
    """The state that a person was shown."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """The version of the stream."""
    position: Annotated[int, Field(ge=0, le=2**53 - 1)]
    """The position in the ledger of the stream's newest event."""
    terms: Terms


Origin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._/-]{1,98}$")]
"""The name of an organisation's ledger, such as ledger.example.org."""


class LogEpoch(Value):
    """An epoch of a ledger: the ledger's origin and the number of the epoch. A restore begins the next one."""

    origin: Origin
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)]


class Statement(Value):
    """The complete statement that a person signs. Its RFC 8785 bytes are the signed message."""

    form: Literal["accord.statement.1", "accord.statement.2"] = "accord.statement.1"
    """The second form names the ledger's epoch in `log`."""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    """The partnership's id, or the name of another stream, such as `directory` or that of a bank account."""
    act: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    actor: StaffId
    at: Moment
    command_id: UUID
    content_sha256: Sha256
    """The digest of the command's canonical content: everything it says except the fields of this statement."""
    shown: Shown | None = None
    log: LogEpoch | None = Field(default=None, exclude_if=is_none)
    """The ledger and epoch in which the statement is valid, or None in the first form, which names none."""

    @model_validator(mode="after")
    def _names_a_ledger_in_the_second_form(self) -> Self:
        if (self.form == "accord.statement.2") != (self.log is not None):
            raise ValueError("a statement names its ledger in the second form, and there alone")
        return self

    def within(self, log: LogEpoch | None) -> Self:
        """Return the statement as it is signed in an epoch. None, before the first epoch, names no ledger."""
        form = "accord.statement.1" if log is None else "accord.statement.2"
        return self.model_copy(update={"form": form, "log": log})

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """The SHA-256 of those bytes, by which people tell one statement from another."""
        return hashlib.sha256(self.message()).hexdigest()


class FileSignature(Value):
    """A statement with the signature of a key in a file. The public key alone is enough to verify it."""

    statement: Statement
    key_id: FileKeyId
    value: SignatureText

    @property
    def content(self) -> bytes:
        """The 64 bytes of the signature."""
        return base64.b64decode(self.value)

    @property
    def signed(self) -> bytes:
        """The bytes that the key signed."""
        return self.statement.message()


class PasskeySignature(Value):
    """A statement with the assertion of a passkey whose challenge is the statement's digest."""

    statement: Statement
    key_id: PasskeyId
    client_data: ClientData
    authenticator_data: AuthenticatorData
    value: AssertionSignature
    among: Annotated[tuple[Sha256, ...], Field(max_length=MOST_TOGETHER)] = Field(default=(), exclude_if=is_empty)
    """The digests of all statements that one touch signed, in order, this one's among them. Empty if it signed one."""

    @property
    def content(self) -> bytes:
        """The bytes of the signature."""
        return decoded(self.value)

    @property
    def signed(self) -> bytes:
        """The bytes that the authenticator signed."""
        return signed_bytes(self.client_data, self.authenticator_data)


Signature = FileSignature | PasskeySignature
"""A signed statement, by a key of either kind."""

_SIGNATURE: Final[TypeAdapter[Signature]] = TypeAdapter(Signature)
_KEY: Final[TypeAdapter[AnyKey]] = TypeAdapter(AnyKey)


def signature_from(content: object) -> Signature:
    """Return the signature in stored content. Raises ValidationError if there is none."""
    return _SIGNATURE.validate_python(content)


def key_from(content: object) -> AnyKey:
    """Return the public key in stored content. Raises ValidationError if there is none."""
    return _KEY.validate_python(content)


def content_digest(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a command's content as RFC 8785 JSON."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def statement_about(
    subject: str, act: str, actor: str, at: Moment, command_id: UUID, content: dict[str, Any]
) -> Statement:
    """Return the statement to sign for an act outside a partnership's decisions. Its digest covers `content`."""
    return Statement(
        subject=subject,
        act=act,
        actor=actor,
        at=at,
        command_id=command_id,
        content_sha256=content_digest(content),
    )


def fault_of(signature: Signature | None, expected: Statement, key: AnyKey | None, verifier: Verifier) -> Fault | None:
    """Return the reason why a signature does not prove an act, or None.

    `expected` is the statement built from the act. `shown` is not compared, since only the signer can state it. `key`
    is the signer's key in force with the signature's key id, or None.
    """
    if signature is None:
        return Fault("it is not signed")
    statement = signature.statement
    for field in ("subject", "act", "actor", "at", "command_id", "content_sha256", "log"):
        if getattr(statement, field) != getattr(expected, field):
            return Fault(f"the signature is for another {_NAMES[field]}")
    if key is None:
        return Fault(f"the directory holds no key {signature.key_id} of {expected.actor} in force")
    if fault := _kind_fault(signature, key):
        return fault
    if not verifier(key, signature.signed, signature.content):
        return Fault(f"the signature is not {expected.actor}'s")
    return None


def _kind_fault(signature: Signature, key: AnyKey) -> Fault | None:
    match signature, key:
        case FileSignature(), PublicKey():
            return None
        case PasskeySignature(statement=statement), PasskeyKey():
            if signature.among and (fault := _list_fault(statement, signature.among)):
                return fault
            challenge = challenge_of_list(signature.among) if signature.among else challenge_of(statement.message())
            return assertion_fault(signature.client_data, signature.authenticator_data, challenge, key)
        case _:
            return Fault(f"the signature is of another kind than the key {key.key_id}")


ACTS_OF_LISTS: Final = frozenset({
    "accept_report", "assign", "comment", "decline", "extend_deadline", "hold", "lift", "return", "return_report",
    "terminate", "withdraw",
})  # fmt: skip
"""The acts that may be signed together, by one touch over a list. What is paid or agreed needs a touch for each."""


def _list_fault(statement: Statement, among: tuple[str, ...]) -> Fault | None:
    if statement.act not in ACTS_OF_LISTS:
        return Fault(f"{statement.act.replace('_', ' ')} is signed by a touch of its own, and not together with others")
    if statement.digest not in among or list(among) != sorted(set(among)):
        return Fault("the passkey was touched for a list that this statement is not in")
    return None


_NAMES = {
    "subject": "partnership",
    "act": "kind of decision",
    "actor": "person",
    "at": "time",
    "command_id": "command",
    "content_sha256": "content",
    "log": "ledger, or for another epoch of it",
}
