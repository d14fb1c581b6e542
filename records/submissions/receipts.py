"""The whole receipt of a submission: from its digest to the checkpoint, for whoever has neither the database nor trust.

The digest is a leaf of the seal's tree, its path leads to the root in the sealing event, and the receipt of that event
leads to a signed checkpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import ConfigDict, Field, ValidationError

from domain.errors import EventUnreadable
from domain.streams import SUBMISSIONS_STREAM
from domain.submissions.events import SubmissionNumber, SubmissionsSealed
from domain.values import Sha256, Value, is_none
from ledger.proof.notes import VerifierKey
from ledger.proof.receipts import Proved, ReceiptRefused, check_receipt
from ledger.tree import includes
from records.codec import read_stored
from records.submissions.seals import leaf_of

MOST_BYTES: Final = 1_048_576
"""The most bytes of a receipt that is read."""


class SubmissionReceipt(Value):
    """The whole receipt of a submission, as its file holds it."""

    model_config = ConfigDict(str_strip_whitespace=False)  # a signed note ends with a line break
    form: Literal["accord.submission-receipt.1"] = "accord.submission-receipt.1"
    number: SubmissionNumber
    sha256: Sha256
    leaf: Sha256
    path: Annotated[tuple[Sha256, ...], Field(max_length=64)]
    case: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The digest under which its partnership stands in the published figures of days."""
    event: str
    """The receipt of the sealing event, under a checkpoint."""

    def written(self) -> str:
        """Return the text of its file."""
        return self.model_dump_json(indent=2) + "\n"


class ProvedSubmission(NamedTuple):
    """The facts that a whole receipt proves."""

    receipt: SubmissionReceipt
    sealed_at: datetime
    """The time at which the ledger recorded the seal: the submission lay there before."""
    seal: SubmissionsSealed
    event: Proved


def submission_receipt(
    number: int, sha256: str, path: Sequence[str], event: bytes, case: str | None = None
) -> SubmissionReceipt:
    """Return the whole receipt of a submission, of its row, its path and the receipt of the event that seals it."""
    leaf = leaf_of(bytes.fromhex(sha256)).hex()
    return SubmissionReceipt(number=number, sha256=sha256, leaf=leaf, path=tuple(path), case=case, event=event.decode())


def check_submission_receipt(text: str, keys: tuple[VerifierKey, ...]) -> ProvedSubmission:
    """Verify a whole receipt by its text and the known public keys alone, and return the facts that it proves.

    Raises:
        ReceiptRefused: It is no such receipt, or something in it was changed.
        NoteRefused: The checkpoint is not signed by a known key.
    """
    receipt = _read(text)
    outcome = check_receipt(receipt.event, keys)
    seal = _seal_in(outcome)
    if receipt.leaf != leaf_of(bytes.fromhex(receipt.sha256)).hex():
        raise ReceiptRefused("the leaf is not that of the digest")
    index, size = receipt.number - seal.first, seal.last - seal.first + 1
    path = [bytes.fromhex(step) for step in receipt.path]
    if not includes(bytes.fromhex(receipt.leaf), index, size, path, bytes.fromhex(seal.root)):
        raise ReceiptRefused(f"submission {receipt.number} is not under this seal: it, or its path, was changed")
    return ProvedSubmission(receipt, outcome.event.recorded_at, seal, outcome)


def _read(text: str) -> SubmissionReceipt:
    if len(text) > MOST_BYTES:
        raise ReceiptRefused("it is too long for a receipt of a submission")
    try:
        return SubmissionReceipt.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ReceiptRefused(f"it is no receipt of a submission ({place}: {first['msg']})") from None


def _seal_in(outcome: Proved) -> SubmissionsSealed:
    """Return the seal in the event that a receipt proves. Raises ReceiptRefused where it is another event."""
    event = outcome.event
    try:
        seal = read_stored(event) if event.stream_id == SUBMISSIONS_STREAM else None
    except EventUnreadable:
        seal = None
    if not isinstance(seal, SubmissionsSealed):
        raise ReceiptRefused(f"event {event.position} seals no submissions: it is {event.event_type}")
    return seal
