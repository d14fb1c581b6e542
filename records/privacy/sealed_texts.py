"""Read encrypted names where they stand in payloads: opened with the keys at hand, erased without, or blanked."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from ledger.model import MARK, STRAY, ReadablePayload

ERASED: Final = f"{MARK}erased⟧"
"""The text that replaces the name of a person whose key is destroyed."""
SEALED: Final = re.compile(rf"{MARK}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}):([A-Za-z0-9_-]+)⟧".encode())
_MARK: Final = MARK.encode()
_ESCAPED: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u27[eE]6")
"""The mark as JSON may also write it. Whoever writes for Accord never does (RFC 8785)."""


def sealed_people(payloads: Iterable[bytes]) -> frozenset[str]:
    """Return the pseudonyms of the people of whom encrypted texts stand in payloads."""
    matches = (match for payload in payloads if _MARK in payload for match in SEALED.finditer(payload))
    return frozenset(match[1].decode() for match in matches)


def is_marked(payload: bytes) -> bool:
    """True if a payload holds the mark, written in either way."""
    return _MARK in payload or (b"\\u27" in payload and _ESCAPED.search(payload) is not None)


def opened(payload: bytes, keys: Mapping[str, bytes | None]) -> ReadablePayload:
    """Return a payload as readers see it, given the keys of the people in it, or None for a destroyed one."""
    unreadable_people: set[str] = set()

    def text_of(match: re.Match[bytes]) -> bytes:
        person = match[1].decode()
        text = decrypted(match, keys.get(person))
        if text is None:
            # With a key at hand it is no erasure: the text was never sealed under that key.
            unreadable_people.add(STRAY if keys.get(person) else person)
            return ERASED.encode()
        # A decrypted text that bears the mark would pass for a seal itself.
        if MARK in text:
            unreadable_people.add(STRAY)
        return json.dumps(text, ensure_ascii=False)[1:-1].encode()

    readable_payload = SEALED.sub(text_of, payload)
    # A mark that is no whole seal was written by somebody else, who would pass a text off as erased.
    if is_marked(SEALED.sub(b"", payload)):
        unreadable_people.add(STRAY)
    return ReadablePayload(readable_payload, frozenset(unreadable_people))


def decrypted(match: re.Match[bytes], key: bytes | None) -> str | None:
    """Return the text that was encrypted, or None if the key does not open it or is destroyed."""
    if key is None:
        return None
    with suppress(ValueError, InvalidTag):  # it was not encrypted under this key
        content = base64.urlsafe_b64decode(match[2] + b"=" * (-len(match[2]) % 4))
        return AESSIV(key).decrypt(content, [UUID(match[1].decode()).bytes]).decode()
    return None


def blanked(payload: bytes) -> bytes:
    """Return a payload for readers without keys: encrypted texts are replaced, and the rest is unchanged."""
    return SEALED.sub("⟦sealed⟧".encode(), payload)
