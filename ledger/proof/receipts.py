"""Receipts: files that prove to an outsider, without access to the database, that one event is in the ledger.

The form is C2SP's tlog-proof: the event as extra data, its index, the proof of inclusion, and a signed checkpoint. The
extra data is not trusted: the leaf is recomputed from it, so a receipt with a changed event is refused.
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
from ledger.proof.notes import Checkpoint, NoteRefused, VerifierKey, open_note
from ledger.proof.stored_tree import StoredTree
from ledger.tree import Span, includes, inclusion_path, leaf_of, proof_of

HEADER: Final = "c2sp.org/tlog-proof@v1"
_FORM: Final = re.compile(
    rf"{re.escape(HEADER)}\nextra (\S+)\nindex (0|[1-9]\d{{0,18}})\n((?:\S+\n){{0,64}})\n(.+)", re.DOTALL
)


class ReceiptRefused(ValueError):
    """A receipt is not valid, or cannot be made. The message says why."""


class Included(NamedTuple):
    """An event and its proof of inclusion in a tree."""

    event: StoredEvent
    proof: tuple[bytes, ...]


class Proved(NamedTuple):
    """The facts that a receipt proves: an event, the checkpoint that includes it, and the signers of the checkpoint."""

    event: StoredEvent
    checkpoint: Checkpoint
    signers: tuple[str, ...]
    enrolment: tuple[StoredEvent, ...] = ()
    """The events of the same ledger that enrolled the key of the event's signer."""


async def make_receipt(
    tree: StoredTree, position: int, note: str, keys: tuple[VerifierKey, ...], enrolment: Sequence[int] = ()
) -> str:
    """Return the text of a receipt for the event at a position, under the checkpoint in `note`, which must include it.

    `enrolment`: the positions of the events that enrolled the signer's key; each gets a proof of its own.

    Raises:
        NoteRefused: The checkpoint is not signed by a known key.
        ReceiptRefused: The checkpoint is older than an event, or commits to another ledger.
    """
    checkpoint = open_note(note, keys).checkpoint
    if position > checkpoint.size:
        raise ReceiptRefused(f"the checkpoint holds {checkpoint.size} events; {position} came later")
    inclusions = [await _included(tree, event_position, checkpoint) for event_position in (position, *enrolment)]
    return _written(inclusions[0], inclusions[1:], note)


async def _included(tree: StoredTree, position: int, checkpoint: Checkpoint) -> Included:
    event = await tree.event(position)
    proof = await proof_of(inclusion_path(position - 1, Span(0, checkpoint.size)), tree.hash_of)
    if not includes(leaf_of(event), position - 1, checkpoint.size, proof, checkpoint.root):
        raise ReceiptRefused(f"the event at {position} is not the one that was signed: it was changed, or the tree was")
    return Included(event, tuple(proof))


def _written(inclusion: Included, enrolment: Sequence[Included], note: str) -> str:
    enrolment_documents = [
        {**_extra(enrolment_inclusion.event), "proof": [_b64(part) for part in enrolment_inclusion.proof]}
        for enrolment_inclusion in enrolment
    ]
    fields = _extra(inclusion.event) | ({"enrolment": enrolment_documents} if enrolment_documents else {})
    extra = json.dumps(fields).encode()
    lines = [HEADER, f"extra {_b64(extra)}", f"index {inclusion.event.position - 1}", *map(_b64, inclusion.proof)]
    return "\n".join([*lines, "", note])


def check_receipt(receipt: str, keys: tuple[VerifierKey, ...]) -> Proved:
    """Verify a receipt, using only its text and the known public keys, and return the facts that it proves.

    Raises:
        ReceiptRefused: It is not a receipt, or an event is not in the tree that was signed.
        NoteRefused: The checkpoint is not signed by a known key.
    """
    parts = _FORM.fullmatch(receipt)
    if parts is None:
        raise ReceiptRefused(f"not a receipt: {HEADER}, extra data, an index, a proof and a checkpoint were expected")
    extra, index, hashes, note = parts.groups()
    signed_note = open_note(note, keys)
    fields, place = _told(_unb64(extra)), int(index)
    enrolment = [_enrolment(enrolment_fields) for enrolment_fields in fields.pop("enrolment", ())]
    inclusion = Included(_event(fields), tuple(_unb64(line) for line in hashes.split()))
    if inclusion.event.position != place + 1:
        raise ReceiptRefused(
            f"the event says that it stands at {inclusion.event.position}, the proof is for {place + 1}"
        )
    for candidate in (inclusion, *enrolment):
        _require_included(candidate, signed_note.checkpoint)
    if _written(inclusion, enrolment, note) != receipt:
        raise ReceiptRefused("it is not written as a receipt is: something was added to it, or left out")
    return Proved(
        inclusion.event,
        signed_note.checkpoint,
        signed_note.signers,
        tuple(enrolment_inclusion.event for enrolment_inclusion in enrolment),
    )


def _require_included(inclusion: Included, checkpoint: Checkpoint) -> None:
    event = inclusion.event
    if not includes(event.leaf, event.position - 1, checkpoint.size, inclusion.proof, checkpoint.root):
        raise ReceiptRefused("the event is not in the ledger that was signed: it, or the proof, was changed")


def _extra(event: StoredEvent) -> dict[str, Any]:
    fields = {name: value for name, value in event._asdict().items() if name not in {"leaf", "doubt", "blanked"}}
    content = {"payload": _b64(event.payload), "meta": _b64(event.meta), "recorded_at": event.recorded_at.isoformat()}
    return {**fields, "event_id": str(event.event_id), "command_id": str(event.command_id), **content}


def _told(extra: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(extra)
    except (ValueError, RecursionError) as fault:
        raise ReceiptRefused(f"the event in the receipt cannot be read ({type(fault).__name__})") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("enrolment", []), list):
        raise ReceiptRefused("the event in the receipt cannot be read (it is no object)")
    return fields


def _enrolment(fields: Any) -> Included:
    if not isinstance(fields, dict) or not isinstance(fields.get("proof"), list):
        raise ReceiptRefused("an enrolment in the receipt cannot be read (it is no object)")
    proof = tuple(_unb64(part) for part in fields.pop("proof"))
    return Included(_event(fields), proof)


def _event(fields: dict[str, Any]) -> StoredEvent:
    """Return the event in the extra data, with its leaf recomputed."""
    try:
        for name in ("event_id", "command_id"):
            fields[name] = UUID(fields[name])
        for name in ("payload", "meta"):
            fields[name] = _unb64(fields[name])
        fields["recorded_at"] = _utc(fields["recorded_at"])
        if not all(type(fields[name]) is int for name in ("position", "version", "schema_version")):
            raise TypeError("a place is no number")
        event = StoredEvent(**fields, leaf=b"")
        return event._replace(leaf=leaf_of(event))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise ReceiptRefused(f"the event in the receipt cannot be read ({type(fault).__name__})") from None


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset from UTC")
    return moment.astimezone(UTC)


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise ReceiptRefused("a part of the receipt is not base64") from None


__all__ = ["HEADER", "NoteRefused", "Proved", "ReceiptRefused", "check_receipt", "make_receipt"]
