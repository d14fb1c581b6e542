"""The codec of payloads: compressed, encrypted, and bound to the workflow that they belong to.

AES-256-GCM with 96 random bits as nonce; a key writes fewer than 2^32 payloads (NIST SP 800-38D, section 8.3). What a
payload says of itself is authenticated: its form, its key, its workflow, and whether it is compressed.
"""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from deploy.payloads.keys import PayloadKeys

ENCODING: Final = b"binary/accord-1"
_NONCE: Final = 12
_WORTH_IT: Final = 256
"""Bytes from which a payload is compressed."""
_LARGEST: Final = 64 * 1024 * 1024
"""The most bytes of a payload once it is no longer compressed. The server takes 2 MB of compressed ones."""
_OF_A_SCHEDULE: Final = re.compile(r"-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
"""What a schedule adds to its workflow's id for each run."""


class PayloadUnreadable(RuntimeError):
    """A payload cannot be read: its key is not in the ring, it was changed, or it is another workflow's."""


class PayloadForged(PayloadUnreadable):
    """A payload is not what a holder of our keys encrypted for its workflow."""


class EncryptedPayloads(PayloadCodec, WithSerializationContext):
    """Encrypts and decrypts payloads. Plain ones are read: what somebody may do is proved by their signature alone."""

    def __init__(self, keys: PayloadKeys, workflow: str = "") -> None:
        """`workflow`: the namespace and the id of the workflow whose payloads these are, or '' if nobody knows."""
        self._keys, self._workflow = keys, workflow

    @property
    def writes(self) -> str:
        """The id of the key that it encrypts with."""
        return self._keys.writes.key_id

    def with_context(self, context: SerializationContext) -> Self:
        """Return the codec of one workflow's payloads."""
        match context:
            case WorkflowSerializationContext() | ActivitySerializationContext() if context.workflow_id:
                return type(self)(self._keys, f"{context.namespace}/{context.workflow_id}")
            case _:
                return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Return the payloads encrypted."""
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Return the payloads decrypted. Raises PayloadUnreadable if the ring lacks the key of one of them.

        A forged one stays as it is. No converter knows its form, so whoever asked for that value is refused; if the
        codec refused it, the SDK could read nothing of what came with it, ever again.
        """
        return [self._opened_unless_forged(payload) for payload in payloads]

    def _opened_unless_forged(self, payload: Payload) -> Payload:
        try:
            return self.opened(payload)
        except PayloadForged:
            return payload

    def _sealed(self, payload: Payload) -> Payload:
        content = payload.SerializeToString()
        smaller = zlib.compress(content, 1) if len(content) >= _WORTH_IT else content
        is_smaller = len(smaller) < len(content)
        key = self._keys.writes
        metadata = {
            "encoding": ENCODING, "key": key.key_id.encode(), "workflow": self._workflow.encode(),
            "zip": b"1" if is_smaller else b"0",
        }  # fmt: skip
        nonce = secrets.token_bytes(_NONCE)
        ciphertext = AESGCM(key.secret).encrypt(nonce, smaller if is_smaller else content, _said(metadata))
        return Payload(metadata=metadata, data=nonce + ciphertext)

    def opened(self, payload: Payload) -> Payload:
        """Return a payload decrypted, and a plain one as it is. Raises PayloadUnreadable if it cannot be."""
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        self._require_own(payload)
        key_id = payload.metadata.get("key", b"").decode(errors="replace")
        key = self._keys.find(key_id)
        if key is None:
            raise PayloadUnreadable(f"no key {key_id} in the ring of payloads; put back the ring that has it")
        try:
            content = AESGCM(key.secret).decrypt(payload.data[:_NONCE], payload.data[_NONCE:], _said(payload.metadata))
            return Payload.FromString(_inflated(content) if payload.metadata["zip"] == b"1" else content)
        except (InvalidTag, ValueError, KeyError, zlib.error) as fault:
            raise PayloadForged("the payload was changed after it was encrypted") from fault

    def _require_own(self, payload: Payload) -> None:
        """Raise PayloadForged if a payload says that it is another workflow's than the one it was found in."""
        stated_workflow = payload.metadata.get("workflow", b"").decode(errors="replace")
        own_workflow = self._workflow
        if own_workflow and stated_workflow != own_workflow and not _is_of_its_schedule(stated_workflow, own_workflow):
            raise PayloadForged(
                f"the payload is of {stated_workflow or 'no workflow'}, and was found in {own_workflow}"
            )


def _is_of_its_schedule(stated_workflow: str, own_workflow: str) -> bool:
    """True if a run of a schedule may read a payload: what its schedule wrote, or the result of a run before."""
    run = _OF_A_SCHEDULE.search(own_workflow)
    return run is not None and own_workflow[: run.start()] == _OF_A_SCHEDULE.sub("", stated_workflow)


def _said(metadata: Mapping[str, bytes]) -> bytes:
    """Return a payload's metadata in the form that is authenticated."""
    return b"\0".join(metadata[name] for name in ("encoding", "key", "workflow", "zip"))


def _inflated(content: bytes) -> bytes:
    """Return compressed content as it was. Raises ValueError if it is larger than any payload."""
    opener = zlib.decompressobj()
    plain_content = opener.decompress(content, _LARGEST)
    if opener.unconsumed_tail:
        raise ValueError("larger than any payload")
    return plain_content


def key_ids_in(message: Message) -> set[str]:
    """Return the ids of the keys that wrote the payloads within a message of Temporal's, such as a history's event."""
    if isinstance(message, Payload):
        has_seal = message.metadata.get("encoding") == ENCODING
        return {message.metadata.get("key", b"").decode(errors="replace")} if has_seal else set()
    return set().union(*(key_ids_in(part) for part in messages_within(message)))


def messages_within(message: Message) -> Iterator[Message]:
    """Yield the messages that a message consists of."""
    for field, content in message.ListFields():
        if field.message_type is None:
            continue
        is_map = field.message_type.GetOptions().map_entry
        many = content.values() if is_map else content if field.is_repeated else (content,)
        yield from (part for part in many if isinstance(part, Message))
