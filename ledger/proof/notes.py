"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

A checkpoint states the ledger's root at a size, under the log's Ed25519 signature. A cosignature, made with a second
key, states that its holder checked that the ledger still contains the events of the checkpoint they signed before.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE: Final = 1
COSIGNATURE: Final = 4
"""Kinds of signature (C2SP signed-note, "Signature types")."""

_NAME: Final = re.compile(r"[!-*,-~]{1,200}")
_WORD: Final = re.compile(r"[^\s+]{1,200}")
_SIGNATURE_LINE: Final = re.compile(r"— (\S+) (\S+)")
_MOST_SIGNATURES: Final = 64


class NoteRefused(ValueError):
    """A key, note or checkpoint cannot be read, or its signature is not valid. The message says which."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name of its holder and the kind of signature that it verifies."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a public key in the form of C2SP: NAME+ID+KEY.

        Raises:
            NoteRefused: It is not an Ed25519 verifier key, or its id does not match the key.
        """
        name, _, tail = text.strip().partition("+")
        key_id, _, key_text = tail.partition("+")
        content = _decoded(key_text, "a verifier key")
        if not _WORD.fullmatch(name) or len(content) != 33 or content[0] not in (SIGNATURE, COSIGNATURE):
            raise NoteRefused(f"{name or 'a key'} is not an Ed25519 verifier key: NAME+ID+KEY was expected")
        key = cls(name, content[0], content[1:])
        if key.key_id.hex() != key_id:
            raise NoteRefused(f"the id of {name}'s key is {key_id}, it should be {key.key_id.hex()}: copied wrongly?")
        return key

    def __str__(self) -> str:
        key_text = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key_text}"

    @property
    def key_id(self) -> bytes:
        """Four bytes that distinguish keys of the same name."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def holds(self, text: str, signature: bytes) -> bool:
        """True if this key made a signature on a text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != 72:
                return False
            message, signature = _cosigned(int.from_bytes(signature[:8], "big"), text), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the name of its holder."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @classmethod
    def make(cls, name: str, kind: int = SIGNATURE) -> Self:
        """Make a new key.

        Raises:
            NoteRefused: The name is not 1 to 200 visible ASCII characters, or contains a plus sign.
        """
        if not _NAME.fullmatch(name):
            raise NoteRefused(f"{name!r} is no name of a key: visible ASCII without blanks or +, as ledger.example.org")
        return cls(name, kind, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a private key in the form that `text` returns.

        Raises:
            NoteRefused: It is not an Ed25519 signing key, or its id does not match the key.
        """
        start, _, key_parts = text.strip().partition("PRIVATE+KEY+")
        name, _, tail = key_parts.partition("+")
        key_id, _, key_text = tail.partition("+")
        content = _decoded(key_text, "a signing key")
        if start or not name or len(content) != 33 or content[0] not in (SIGNATURE, COSIGNATURE):
            raise NoteRefused("not a signing key: PRIVATE+KEY+NAME+ID+KEY was expected")
        key = cls(name, content[0], Ed25519PrivateKey.from_private_bytes(content[1:]))
        if key.written() != text.strip():
            raise NoteRefused(f"the id of {name}'s signing key is {key_id}, which is not its own: copied wrongly?")
        return key

    def written(self) -> str:
        """Return the private key as text, to keep in a file. Whoever can read it can sign in this name."""
        key_text = base64.b64encode(bytes([self.kind]) + self.private.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{key_text}"

    @property
    def verifier(self) -> VerifierKey:
        """The public key that verifies signatures made with this key."""
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def line(self, text: str, timestamp: int = 0) -> str:
        """Return the signature line for a text. A cosignature includes `timestamp`, in seconds since 1970."""
        if self.kind == COSIGNATURE:
            signature = timestamp.to_bytes(8, "big") + self.private.sign(_cosigned(timestamp, text))
        else:
            signature = self.private.sign(text.encode())
        return f"— {self.name} {base64.b64encode(self.verifier.key_id + signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The root of a ledger at a size. `origin` names the ledger."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of a note as a checkpoint.

        Raises:
            NoteRefused: It is not an origin, a size and a root, each on a line of its own.
        """
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
            raise NoteRefused("not a checkpoint: an origin, a size and a root were expected, each on its line")
        root = _decoded(lines[2], "the root of the checkpoint")
        if len(root) != 32:
            raise NoteRefused(f"the root of the checkpoint has {len(root)} bytes; a SHA-256 has 32")
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class VerifiedNote:
    """A verified note: its text, and the names of the known keys that signed it."""

    text: str
    signers: tuple[str, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint in the note's text.

        Raises:
            NoteRefused: Its text is not a checkpoint.
        """
        return Checkpoint.parse(self.text)


def open_note(note: str, keys: tuple[VerifierKey, ...]) -> VerifiedNote:
    """Verify a note and return its text with the names of the known keys that signed it.

    Raises:
        NoteRefused: It is not a note, no known key signed it, or a signature that names a known key is not valid.
    """
    text, separator, signatures = note.rpartition("\n\n")
    *lines, end = signatures.split("\n")
    if (
        end
        or not separator
        or not lines
        or len(lines) > _MOST_SIGNATURES
        or not all(map(_SIGNATURE_LINE.fullmatch, lines))
    ):
        raise NoteRefused("not a signed note: a text, an empty line and signature lines were expected")
    text += "\n"
    signers = [key.name for line in lines for key in keys if _signed_by(key, text, line)]
    if not signers:
        names = ", ".join(line.split(" ")[1] for line in lines)
        raise NoteRefused(f"none of the keys given signed it; it bears signatures of {names}")
    return VerifiedNote(text, tuple(dict.fromkeys(signers)))


def _signed_by(key: VerifierKey, text: str, line: str) -> bool:
    _, name, signature_text = line.split(" ")
    content = _decoded(signature_text, f"the signature of {name}")
    if name != key.name or content[:4] != key.key_id:
        return False
    if not key.holds(text, content[4:]):
        raise NoteRefused(f"the signature of {name} does not hold: the text was changed, or the key is another one")
    return True


def _cosigned(timestamp: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def _decoded(text: str, label: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused(f"{label} is not base64") from None
