"""Sealing of what is written in a form: AES-256-GCM under the form's key, bound to its place.

Whoever destroys the key erases the form: drafts, answers, addresses and what was handed in.
"""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY: Final = 32
NONCE: Final = 12
NAME_OF_PAPER: Final = "paper-name"
"""The place under which the name of a paper is sealed, as its sender called it."""


class TextDamaged(ValueError):
    """The stored bytes are not what was written in this place: changed, moved, or another form's."""


class FormSealing:
    """Seals and opens the texts of one form."""

    def __init__(self, form: UUID, key: bytes) -> None:
        self._form = form
        self._key = key
        self._cipher = AESGCM(key)

    def sealed(self, place: str, text: bytes) -> bytes:
        """Return a text as it is stored in a place, such as `field/budget`, `shown` or `address`."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, text, self._bound_to(place))

    def opened(self, place: str, stored_bytes: bytes) -> bytes:
        """Return the text in a place.

        Raises:
            TextDamaged: The bytes are others than were stored there.
        """
        try:
            return self._cipher.decrypt(stored_bytes[:NONCE], stored_bytes[NONCE:], self._bound_to(place))
        except (InvalidTag, ValueError):
            raise TextDamaged(f"what is stored at {place} of form {self._form} is not what was written") from None

    def key_of_paper(self, paper: UUID) -> bytes:
        """Return the key of a paper in quarantine: it goes with the form's (RFC 5869)."""
        return HKDF(SHA256(), KEY, None, b"accord paper " + paper.bytes).derive(self._key)

    def _bound_to(self, place: str) -> bytes:
        return f"{self._form}/{place}".encode()


def new_key() -> bytes:
    """Return a new key, for one form alone."""
    return secrets.token_bytes(KEY)
