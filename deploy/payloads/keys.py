"""The keys of payloads: a ring in a file, of which one key writes and all of them read.

A new key is added so that every process can read it, and used once each of them has the file; an old one is dropped
once nothing is left that it wrote (`accord payloads status`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from deploy.logins import SecretUnusable, read_secret

KEY_BYTES: Final = 32
"""AES-256."""
FILE: Final = "payloads"
"""The ring's file in a folder of secrets."""


@dataclass(frozen=True, slots=True)
class PayloadKey:
    """A key of payloads, and since when it writes."""

    secret: bytes
    since: datetime | None = None
    """The time of its first use for writing, or None if it only reads so far."""

    @property
    def key_id(self) -> str:
        """The id that payloads bear: 16 hexadecimal digits of the SHA-256 of the key."""
        return hashlib.sha256(b"accord payload key\0" + self.secret).hexdigest()[:16]

    @property
    def line(self) -> str:
        """The key as a line of the ring's file."""
        since = self.since.isoformat(timespec="seconds") if self.since else "-"
        return f"{self.key_id} {base64.b64encode(self.secret).decode()} {since}"

    @classmethod
    def make(cls) -> Self:
        """Return a new key, which only reads so far."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def parse(cls, line: str) -> Self:
        """Return the key in a line of a ring's file. Raises ValueError if there is none, or it is not what it says."""
        key_id, secret, since = line.split(" ")
        key = cls(base64.b64decode(secret, validate=True), None if since == "-" else datetime.fromisoformat(since))
        if len(key.secret) != KEY_BYTES or key.key_id != key_id:
            raise ValueError("the key is not the one that its id says")
        return key


@dataclass(frozen=True, slots=True)
class PayloadKeys:
    """A ring of keys: the first one writes, all of them read."""

    keys: tuple[PayloadKey, ...]

    @property
    def writes(self) -> PayloadKey:
        """The key that writes."""
        return self.keys[0]

    def find(self, key_id: str) -> PayloadKey | None:
        """Return a key by its id, or None."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    def with_new(self) -> PayloadKeys:
        """Return the ring with a new key, which only reads so far."""
        return PayloadKeys((*self.keys, PayloadKey.make()))

    def using(self, key_id: str, at: datetime) -> PayloadKeys:
        """Return the ring with another key that writes. Raises KeyError if it has none of that id."""
        key = self._known(key_id)
        return PayloadKeys((PayloadKey(key.secret, key.since or at), *self._others(key)))

    def without(self, key_id: str) -> PayloadKeys:
        """Return the ring without a key. Raises KeyError if it has none of that id, or it is the one that writes."""
        key = self._known(key_id)
        if key == self.writes:
            raise KeyError(key_id)
        return PayloadKeys(self._others(key))

    def _known(self, key_id: str) -> PayloadKey:
        key = self.find(key_id)
        if key is None:
            raise KeyError(key_id)
        return key

    def _others(self, but: PayloadKey) -> tuple[PayloadKey, ...]:
        return tuple(key for key in self.keys if key is not but)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the ring in a file.

        Raises:
            SecretUnusable: It cannot be read, others may read it, or it holds no ring.
        """
        lines = read_secret(file).splitlines()
        try:
            keys = tuple(PayloadKey.parse(line) for line in lines)
        except (ValueError, binascii.Error) as fault:
            raise SecretUnusable(
                f"{file} holds no keys of payloads ({fault}); put back the one that was there"
            ) from None
        if not keys or len({key.key_id for key in keys}) != len(keys):
            raise SecretUnusable(f"{file} holds no keys of payloads, or one twice; put back the one that was there")
        return cls(keys)

    def write(self, file: Path) -> None:
        """Write the ring to a file, atomically, readable by its owner alone."""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write("".join(f"{line}\n" for line in self._lines()))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)

    def _lines(self) -> Iterable[str]:
        return (key.line for key in self.keys)


def make_payload_keys(folder: Path) -> PayloadKeys:
    """Return the ring in a folder of secrets. If there is none, make one with a new key.

    Raises:
        SecretUnusable: There is one, and it cannot be used.
    """
    file = folder / FILE
    if not file.exists():
        PayloadKeys((PayloadKey(PayloadKey.make().secret, datetime.now(UTC)),)).write(file)
    return PayloadKeys.read(file)
