"""Receipts: a file that proves one event to somebody who has neither the database nor trust in us.

The form is C2SP's tlog-proof: the event as extra data, its place, the proof of inclusion, and a signed checkpoint. The
extra data is not trusted: the leaf is recomputed from it, so that whatever is changed in it proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from ledger.model import StoredEvent
from ledger.tree import Span, includes, inclusion_path, leaf_of, proof_of
from proof.notes import Checkpoint, NoteRefused, VerifierKey, open_note
from proof.stored_tree import StoredTree

HEADER: Final = "c2sp.org/tlog-proof@v1"
_FORM: Final = re.compile(
    rf"{re.escape(HEADER)}\nextra (\S+)\nindex (0|[1-9]\d{{0,18}})\n((?:\S+\n){{0,64}})\n(.+)", re.DOTALL
)


class ReceiptRefused(ValueError):
    """The receipt proves nothing. The message says why."""


class Proved(NamedTuple):
    """What a receipt proves: the event, the checkpoint that holds it, and who signed that."""

    event: StoredEvent
    checkpoint: Checkpoint
    signers: tuple[str, ...]


async def make_receipt(tree: StoredTree, position: int, note: str, known: tuple[VerifierKey, ...]) -> str:
    """Return the receipt of an event under a checkpoint that holds it.

    Raises:
        NoteRefused: The checkpoint is not signed by a known key.
        ReceiptRefused: The checkpoint is older than the event, or is of another ledger.
    """
    checkpoint = open_note(note, known).checkpoint
    if position > checkpoint.size:
        raise ReceiptRefused(f"the checkpoint holds {checkpoint.size} events; {position} came later")
    event = await tree.event(position)
    proof = await proof_of(inclusion_path(position - 1, Span(0, checkpoint.size)), tree.hash_of)
    if not includes(leaf_of(event), position - 1, checkpoint.size, proof, checkpoint.root):
        raise ReceiptRefused(f"the event at {position} is not the one that was signed: it was changed, or the tree was")
    return _written(event, proof, note)


def _written(event: StoredEvent, proof: Sequence[bytes], note: str) -> str:
    extra = json.dumps(_extra(event)).encode()
    lines = [HEADER, f"extra {_b64(extra)}", f"index {event.position - 1}", *map(_b64, proof)]
    return "\n".join([*lines, "", note])


def check_receipt(receipt: str, known: tuple[VerifierKey, ...]) -> Proved:
    """Return what a receipt proves, by the file and the public keys alone.

    Raises:
        ReceiptRefused: It is no receipt, or the event is not in the tree that was signed.
        NoteRefused: The checkpoint is not signed by a key that is known here.
    """
    parts = _FORM.fullmatch(receipt)
    if parts is None:
        raise ReceiptRefused(f"not a receipt: {HEADER}, extra data, an index, a proof and a checkpoint were expected")
    extra, index, hashes, note = parts.groups()
    opened = open_note(note, known)
    event, place = _event(_unb64(extra)), int(index)
    if event.position != place + 1:
        raise ReceiptRefused(f"the event says that it stands at {event.position}, the proof is for {place + 1}")
    proof = [_unb64(line) for line in hashes.split()]
    checkpoint = opened.checkpoint
    if not includes(event.leaf, place, checkpoint.size, proof, checkpoint.root):
        raise ReceiptRefused("the event is not in the ledger that was signed: it, or the proof, was changed")
    if _written(event, proof, note) != receipt:
        raise ReceiptRefused("it is not written as a receipt is: something was added to it, or left out")
    return Proved(event, checkpoint, opened.signers)


def _extra(event: StoredEvent) -> dict[str, Any]:
    named = event._asdict()
    del named["leaf"]
    content = {"payload": _b64(event.payload), "meta": _b64(event.meta), "recorded_at": event.recorded_at.isoformat()}
    return {**named, "event_id": str(event.event_id), "command_id": str(event.command_id), **content}


def _event(extra: bytes) -> StoredEvent:
    """The event that the extra data tells of, with its leaf recomputed."""
    try:
        told = json.loads(extra)
        for name in ("event_id", "command_id"):
            told[name] = UUID(told[name])
        for name in ("payload", "meta"):
            told[name] = _unb64(told[name])
        told["recorded_at"] = _utc(told["recorded_at"])
        if not all(type(told[name]) is int for name in ("position", "version", "schema_version")):
            raise TypeError("a place is no number")
        event = StoredEvent(**told, leaf=b"")
        return event._replace(leaf=leaf_of(event))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise ReceiptRefused(f"the event in the receipt cannot be read ({type(fault).__name__})") from None


def _utc(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset from UTC")
    return moment.astimezone(UTC)


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _unb64(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise ReceiptRefused("a part of the receipt is not base64") from None


__all__ = ["HEADER", "NoteRefused", "Proved", "ReceiptRefused", "check_receipt", "make_receipt"]
