"""The private keys of the people who work at this machine: one file per person, readable by the file's owner alone.

A private key is in its file only; it never gets into the ledger, into Temporal or into a log.
"""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from domain.signatures.signing import FileSignature, PublicKey, Statement


class KeyMissing(LookupError):
    """The person's key is not in the folder."""


class KeyUnusable(RuntimeError):
    """The key file cannot be read: it has another format or another passphrase, or access failed."""


class KeyFolderUnusable(RuntimeError):
    """Keys cannot be written to the folder."""


class KeyExists(RuntimeError):
    """The folder already contains a key of this person, which is never overwritten."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """A folder of key files (PEM, PKCS 8), named after their owners."""

    folder: Path
    passphrase: str = field(default="", repr=False)

    def path(self, staff_id: str) -> Path:
        """Return the path of a person's key, whether or not it exists."""
        return self.folder / f"{staff_id}.pem"

    def holds(self, staff_id: str) -> bool:
        """True if a person's key is in the folder."""
        return self.path(staff_id).is_file()

    def make(self, staff_id: str) -> PublicKey:
        """Make a person's key and return its public half.

        Raises:
            KeyExists: The person has a key already.
            KeyFolderUnusable: The folder cannot be written to.
        """
        private = Ed25519PrivateKey.generate()
        secret = BestAvailableEncryption(self.passphrase.encode()) if self.passphrase else NoEncryption()
        self._write(staff_id, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
        return _public(private)

    def public(self, staff_id: str) -> PublicKey:
        """Return the public half of a person's key.

        Raises:
            KeyMissing: The key is not in the folder.
            KeyUnusable: The key cannot be read.
        """
        return _public(self._private(staff_id))

    def sign(self, statement: Statement) -> FileSignature:
        """Sign a statement with its actor's key.

        Raises:
            KeyMissing: The key is not in the folder.
            KeyUnusable: The key cannot be read.
        """
        private = self._private(statement.actor)
        value = base64.b64encode(private.sign(statement.message())).decode("ascii")
        return FileSignature(statement=statement, key_id=_public(private).key_id, value=value)

    def discard(self, staff_id: str) -> None:
        """Delete a key that was made but not enrolled."""
        with suppress(OSError):
            self.path(staff_id).unlink()

    def _write(self, staff_id: str, content: bytes) -> None:
        if self.holds(staff_id):
            raise KeyExists(f"a key of {staff_id} is in {self.folder} already")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.path(staff_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as fault:
            raise KeyFolderUnusable(f"keys cannot be written to {self.folder}: {fault.strerror}") from None
        with os.fdopen(handle, "wb") as file:
            file.write(content)

    def _private(self, staff_id: str) -> Ed25519PrivateKey:
        try:
            content = self.path(staff_id).read_bytes()
        except FileNotFoundError:
            raise KeyMissing(f"no key of {staff_id} in {self.folder}") from None
        except OSError as fault:
            raise KeyUnusable(f"the key of {staff_id} cannot be read: {fault.strerror}") from None
        try:
            key = load_pem_private_key(content, self.passphrase.encode() or None)
        except TypeError:
            passphrase_fault = "has no passphrase" if self.passphrase else "needs its passphrase"
            raise KeyUnusable(f"the key of {staff_id} {passphrase_fault}") from None
        except ValueError:
            raise KeyUnusable(f"the key of {staff_id} does not open: another passphrase, or no PEM file") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyUnusable(f"the key of {staff_id} is not an Ed25519 key")
        return key


def _public(private: Ed25519PrivateKey) -> PublicKey:
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(ed25519=base64.b64encode(raw).decode("ascii"))
