"""Payment files: each is made, and then handed over or void. One handed over may prove never to have arrived.

The file's stream in the ledger is authoritative. Only a hand-over, by a named person, lets a file leave Accord.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from domain.directory.tiers import Role
from domain.payment.counter import CounterAct
from domain.payment.portal.sheets import SheetCountersigned, SheetTyped, is_second
from domain.values import Moment, Money, Sha256, Value

MESSAGE_ID: Final = r"ACCM[A-Z2-7]{26}"
"""The form of a file's message id, which is also its name on disk."""

WAIT_BEFORE_NEVER_SENT: Final = 2
"""The number of business days that must pass after the execution day before a file can be recorded as never sent."""

_FINANCE: Final = frozenset({Role.PAYER, Role.FINANCE_APPROVER})


class PaymentFileMade(CounterAct):
    """A person made a file of pending payments, which is stored in the database only."""

    act: ClassVar[str] = "make_payment_file"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.PAYER})
    event_type: Literal["PaymentFileMade"] = "PaymentFileMade"
    payments: tuple[UUID, ...]
    sha256: Sha256
    total: Money
    execution_on: date


class HandOverAgreed(CounterAct):
    """The first of two signatures on a hand-over, if the organisation's rules require two."""

    act: ClassVar[str] = "agree_hand_over"
    agrees_to: ClassVar[str] = "hand_over"
    roles: ClassVar[frozenset[Role]] = _FINANCE
    event_type: Literal["HandOverAgreed"] = "HandOverAgreed"
    sha256: Sha256


class PaymentFileHandedOver(CounterAct):
    """A person handed the file over, so that it left Accord for the bank."""

    act: ClassVar[str] = "hand_over"
    roles: ClassVar[frozenset[Role]] = _FINANCE
    event_type: Literal["PaymentFileHandedOver"] = "PaymentFileHandedOver"
    sha256: Sha256


class PaymentFileVoided(Value):
    """The file became void, for example because a payment in it was cancelled. Its other payments are pending again."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["PaymentFileVoided"] = "PaymentFileVoided"
    at: Moment
    reason: str


class WritingAgainAgreed(CounterAct):
    """The first of two signatures on writing a file again although payments in it would fail the pre-payment check."""

    act: ClassVar[str] = "agree_write_again"
    agrees_to: ClassVar[str] = "write_again"
    roles: ClassVar[frozenset[Role]] = _FINANCE
    event_type: Literal["WritingAgainAgreed"] = "WritingAgainAgreed"
    sha256: Sha256
    in_doubt: tuple[str, ...]
    """Each payment that would not pass the check now, with the reason, as the signer was shown it."""


class PaymentFileWrittenAgain(CounterAct):
    """A person wrote a file again, byte for byte, after it was handed over."""

    act: ClassVar[str] = "write_again"
    roles: ClassVar[frozenset[Role]] = _FINANCE
    event_type: Literal["PaymentFileWrittenAgain"] = "PaymentFileWrittenAgain"
    sha256: Sha256
    in_doubt: tuple[str, ...] = ()


class NeverSentAgreed(CounterAct):
    """The first of two signatures on the statement that a file never arrived. The bank's confirmation is on file."""

    act: ClassVar[str] = "agree_never_sent"
    agrees_to: ClassVar[str] = "never_sent"
    roles: ClassVar[frozenset[Role]] = _FINANCE | {Role.DIRECTOR}
    event_type: Literal["NeverSentAgreed"] = "NeverSentAgreed"
    sha256: Sha256
    word_sha256: Sha256
    """The digest of the kept file with the bank's confirmation."""


class PaymentFileNeverSent(CounterAct):
    """Two people stated, with the bank's confirmation, that the file never arrived. Its payments are pending again."""

    act: ClassVar[str] = "never_sent"
    roles: ClassVar[frozenset[Role]] = _FINANCE | {Role.DIRECTOR}
    event_type: Literal["PaymentFileNeverSent"] = "PaymentFileNeverSent"
    sha256: Sha256
    word_sha256: Sha256


PaymentFileEvent = (
    PaymentFileMade
    | HandOverAgreed
    | PaymentFileHandedOver
    | PaymentFileVoided
    | WritingAgainAgreed
    | PaymentFileWrittenAgain
    | NeverSentAgreed
    | PaymentFileNeverSent
    | SheetTyped
    | SheetCountersigned
)


class FileStatus(StrEnum):
    """The status of a payment file."""

    MADE = "MADE"
    HANDED_OVER = "HANDED_OVER"
    VOID = "VOID"
    NEVER_SENT = "NEVER_SENT"


class PaymentFile(Value):
    """The state of a payment file."""

    message_id: str
    status: FileStatus = FileStatus.MADE
    payments: tuple[UUID, ...] = ()
    sha256: str = ""
    total: Money | None = None
    """The sum of its payments, or None before anybody who may made it."""
    execution_on: date = date.min
    made_by: str = ""
    handed_over_by: tuple[str, ...] = ()
    written_again_by: tuple[str, ...] = ()
    """The people who wrote it again after its hand-over: two copies of it may be at the bank."""
    last_written_on: date = date.min
    """The day on which it was last written again; `date.min` if it never was."""
    agreed: tuple[HandOverAgreed | WritingAgainAgreed | NeverSentAgreed, ...] = ()
    """First signatures for which a second person's signature is still missing."""
    reason: str = ""
    typed: tuple[SheetTyped, ...] = ()
    """Of a sheet: each typing into the bank's portal, with its confirmation number. The last one is to be signed."""
    countersigned: SheetCountersigned | None = None
    """Of a sheet: the second signature, before the release in the portal."""

    @property
    def sent_by(self) -> tuple[str, ...]:
        """The people by whom it left: who handed it over, typed it, or signed what stands in the bank's portal."""
        second = () if self.countersigned is None else (self.countersigned.actor,)
        return tuple(dict.fromkeys((*self.handed_over_by, *(typing.actor for typing in self.typed), *second)))

    def is_second_to_sign(self, event: SheetCountersigned) -> bool:
        """True if another person typed the sheet last, under the number that is signed."""
        return bool(self.typed) and is_second(self.typed[-1], event)

    def first(self, second: CounterAct, *, besides: frozenset[str] = frozenset()) -> str | None:
        """Return the person who first signed the same act and content, other than the signer of `second`, or None.

        `besides` are people whose signatures do not count.
        """
        act = second.act
        if isinstance(second, HandOverAgreed | WritingAgainAgreed | NeverSentAgreed):
            act = second.agrees_to
        return self.first_signer(act, second.content(), besides=besides | {second.actor})

    def first_signer(self, act: str, content: Mapping[str, Any], *, besides: frozenset[str]) -> str | None:
        """Return the person who first signed an act with this content, or None. `besides` do not count."""
        consents = (
            consent for consent in self.agreed if consent.agrees_to == act and consent.content() == dict(content)
        )
        return next((consent.actor for consent in consents if consent.actor not in besides), None)


def evolve_file(file: PaymentFile, event: PaymentFileEvent) -> PaymentFile:
    """Return the file after an event. A file that was handed over never becomes void."""
    return file.model_copy(update=_change(file, event))


def _change(file: PaymentFile, event: PaymentFileEvent) -> dict[str, object]:
    match event:
        case PaymentFileMade() if not file.payments:
            fields = {"payments": event.payments, "sha256": event.sha256, "made_by": event.actor}
            return {**fields, "total": event.total, "execution_on": event.execution_on}
        case PaymentFileVoided(reason=reason) if file.status is FileStatus.MADE:
            return {"status": FileStatus.VOID, "reason": reason}
        case PaymentFileHandedOver() if file.status in {FileStatus.MADE, FileStatus.VOID}:
            # The voiding is unsigned and the hand-over is signed, so the hand-over wins.
            before = (consent.actor for consent in file.agreed if isinstance(consent, HandOverAgreed))
            people = tuple(dict.fromkeys((*before, event.actor)))
            return {"status": FileStatus.HANDED_OVER, "handed_over_by": people, "agreed": ()}
        case PaymentFileNeverSent() if file.status is FileStatus.HANDED_OVER:
            return {"status": FileStatus.NEVER_SENT, "reason": "the bank never got it"}
        case HandOverAgreed() | WritingAgainAgreed() | NeverSentAgreed():
            return {"agreed": (*file.agreed, event)}
        case PaymentFileWrittenAgain():
            return _written_again(file, event)
        case SheetTyped() if file.status is FileStatus.HANDED_OVER and file.countersigned is None:
            return {"typed": (*file.typed, event)}
        case SheetCountersigned() if file.status is FileStatus.HANDED_OVER and file.countersigned is None:
            return {"countersigned": event}
        case _:
            return {}


def _written_again(file: PaymentFile, event: PaymentFileWrittenAgain) -> dict[str, object]:
    before = (consent.actor for consent in file.agreed if isinstance(consent, WritingAgainAgreed))
    people = tuple(dict.fromkeys((*file.written_again_by, *before, event.actor)))
    other_consents = tuple(consent for consent in file.agreed if not isinstance(consent, WritingAgainAgreed))
    return {
        "agreed": other_consents,
        "written_again_by": people,
        "last_written_on": max(file.last_written_on, event.at.date()),
    }
