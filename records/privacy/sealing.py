"""Encrypt names under people's keys, wherever an event's content contains them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from domain.canonical_json import canonical_json
from domain.names.spelling import Names, fold
from ledger.model import MARK, NewEvent

_CODE: Final = re.compile(r"[A-Z0-9_.:/-]+|[a-z0-9_.:/-]+")
_NOTHING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})


class Seal(NamedTuple):
    """A person's pseudonym and key."""

    person: UUID
    key: bytes

    def of(self, text: str) -> str:
        """Return the encrypted form of a text about the person."""
        # Bound to the pseudonym, so that a sealed text cannot be moved to another person.
        content = AESSIV(self.key).encrypt(text.encode(), [self.person.bytes])
        return f"{MARK}{self.person}:{base64.urlsafe_b64encode(content).decode().rstrip('=')}⟧"

    def within(self, value: Any) -> Any:
        """Return the value of a field about the person, a text or a list, with every text in it encrypted."""
        match value:
            case str():
                return self.of(value)
            case list():
                return [self.within(part) for part in value]
            case _:
                return value


class Sealer:
    """The encryption of names wherever an event's content contains them.

    A name of several words, or an address, is also found within longer texts; a name of one word only where it is the
    whole text and cannot be a code, an identifier or an event type. It may be written in any way that `fold` levels.
    Other personal data, such as a date of birth, cannot be recognised by its text, so it is found by its field, in
    every object that names the person.
    """

    def __init__(self, seals: dict[str, Seal], beside: Mapping[str, tuple[str, ...]] = _NOTHING) -> None:
        self._own = {fold(text): dict.fromkeys(fields, seals[text]) for text, fields in beside.items()}
        self._seals = {fold(text): seal for text, seal in seals.items() if not _CODE.fullmatch(text)}
        distinct = [text for text in self._seals if len(text.split()) > 1 or "@" in text]
        self._in_order = [self._seals[text] for text in distinct]
        self._names = Names(distinct)

    def event(self, event: NewEvent) -> NewEvent:
        """Return an event with its names encrypted."""
        content = self._value(json.loads(event.payload), event.event_type)
        return replace(event, payload=canonical_json(content), named=(), clear=event.payload)

    def _value(self, value: Any, event_type: str) -> Any:
        match value:
            case str():
                return value if value == event_type else self._text(value)
            case dict():
                return self._object(value, event_type)
            case list():
                return [self._value(part, event_type) for part in value]
            case _:
                return value

    def _object(self, value: dict[str, Any], event_type: str) -> dict[str, Any]:
        seals: dict[str, Seal] = {}
        for text in value.values():
            seals |= self._own.get(fold(text), {}) if isinstance(text, str) else {}
        return {
            key: seals[key].within(part) if key in seals else self._value(part, event_type)
            for key, part in value.items()
        }

    def _text(self, text: str) -> str:
        if (seal := self._seals.get(fold(text))) is not None and not _CODE.fullmatch(text):
            return seal.of(text)
        sealed_text, after = "", 0
        for start, end, name in self._names.within(text):
            sealed_text += text[after:start] + self._in_order[name].of(text[start:end])
            after = end
        return sealed_text + text[after:]
