"""The bank's files, which are kept unchanged, and the exceptions in them that people must resolve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, StringConstraints

from domain.directory.tiers import Role
from domain.payment.bank_answers import COUNTING, BankAnswer, ExceptionKind, Resolution, resolution_needs_two
from domain.payment.booked.figures import BookedFigures
from domain.payment.counter import IMPORTERS, CounterAct
from domain.values import Moment, Money, PartnershipId, Sentence, Sha256, Value, is_none


class CsvReading(Value):
    """The way in which a file is read that is no message: as the CSV of an own account, by a mapping that stood."""

    account: Annotated[str, StringConstraints(pattern=r"^BA-[A-Z2-7]{12}$")]
    mapping: Sha256


class BankFileImported(CounterAct):
    """A person imported a file from the bank. It is kept under its digest, which each of its answers names."""

    schema_version: ClassVar[int] = 2
    act: ClassVar[str] = "import_bank_file"
    roles: ClassVar[frozenset[Role]] = IMPORTERS | {Role.DIRECTOR}
    event_type: Literal["BankFileImported"] = "BankFileImported"
    sha256: Sha256
    name: str
    read_as: CsvReading | None = Field(default=None, exclude_if=is_none)
    """None for a message (ISO 20022, BAI2), which says itself what it is."""


class ExceptionRaised(Value):
    """An exception was raised: a person must resolve something that the bank said."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["ExceptionRaised"] = "ExceptionRaised"
    at: Moment
    exception: ExceptionKind
    reason: str
    content: str
    """The message id, and the place of the entry in that message."""
    partnership_id: PartnershipId | None = None
    answer: BankAnswer | None = None
    """The bank's answer, or None if its message could not be read as one."""
    file_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)


class _Resolved(CounterAct):
    schema_version: ClassVar[int] = 2
    act: ClassVar[str] = "resolve_exception"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR})
    resolution: Resolution
    partnership_id: PartnershipId | None = None
    """The partnership that it belongs to, if any."""
    tranche: int = 0
    attempt: int = 0
    note: Sentence
    word_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The digest of the kept file with the bank's letter that nothing was booked."""
    booked: Money | None = Field(default=None, exclude_if=is_none)
    """The booked sum, where that differs from the instructed sum at which it counts."""
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """The bank's figures of the booking as they were shown to the signer: its rate and its charges."""
    counts_at: Money | None = Field(default=None, exclude_if=is_none)
    """The rest of the payment at which it counts, where a part was booked before and no figures say it."""


class ResolutionAgreed(_Resolved):
    """The first of two signatures on a resolution."""

    act: ClassVar[str] = "agree_resolution"
    event_type: Literal["ResolutionAgreed"] = "ResolutionAgreed"


class ExceptionResolved(_Resolved):
    """A person, or the second of two, resolved an exception."""

    event_type: Literal["ExceptionResolved"] = "ExceptionResolved"


BankFileEvent = BankFileImported | ExceptionRaised | ResolutionAgreed | ExceptionResolved

RESOLVED: Final = (ResolutionAgreed, ExceptionResolved)


class BankException(Value):
    """The state of an exception."""

    raised: ExceptionRaised
    agreed: tuple[ResolutionAgreed, ...] = ()
    resolutions: tuple[ExceptionResolved, ...] = ()
    """Each resolution that was signed. The first that counts is the one."""
    version: int = 0

    @property
    def resolved(self) -> ExceptionResolved | None:
        """The first resolution, or None before there is one."""
        return self.resolutions[0] if self.resolutions else None

    @property
    def standing(self) -> ExceptionResolved | None:
        """The first resolution with all the signatures it needs, or None while the exception is open."""
        return next((resolution for resolution in self.resolutions if self._signed_by_enough(resolution)), None)

    def _signed_by_enough(self, event: ExceptionResolved) -> bool:
        counts = self.raised.answer if event.resolution in COUNTING else None
        return not self.needs_two(event.resolution, counts) or bool(self.first(event))

    def needs_two(self, resolution: Resolution, counts: BankAnswer | None) -> bool:
        """True if two people must sign a resolution.

        Two must sign if the resolution moves money (see `resolution_needs_two`), or if the exception names a
        partnership and the bank's answer could not be read.
        """
        unread = self.raised.answer is None and self.raised.partnership_id is not None
        return unread or resolution_needs_two(resolution, self.raised.answer, counts)

    def first(self, second: ExceptionResolved, besides: frozenset[str] = frozenset()) -> str | None:
        """Return the person who signed the same resolution first, other than the signer of `second`, or None.

        `besides` are people whose signatures do not count.
        """
        return next((consent.actor for consent in self.agreeing(second, besides)), None)

    def first_signer(self, content: Mapping[str, Any], besides: frozenset[str]) -> str | None:
        """Return the person who first signed a resolution with this content, or None. `besides` do not count."""
        wanted = tuple(content.get(name) for name in _AGREED)
        consents = (consent for consent in self.agreed if _what(consent) == wanted)
        return next((consent.actor for consent in consents if consent.actor not in besides), None)

    def agreeing(self, second: ExceptionResolved, besides: frozenset[str]) -> tuple[ResolutionAgreed, ...]:
        """Return the first signatures on the same resolution by people who are neither its signer nor in `besides`.

        One key counts for one person (ADR 0063).
        """
        consents = (consent for consent in self.agreed if consent.signature.key_id != second.signature.key_id)
        like_consents = (consent for consent in consents if _what(consent) == _what(second))
        return tuple(consent for consent in like_consents if consent.actor not in {second.actor, *besides})


_AGREED: Final = ("resolution", "partnership_id", "tranche", "attempt", "word_sha256", "booked", "figures", "counts_at")


def _what(event: _Resolved) -> tuple[object, ...]:
    """Return all that two signers must agree on. Their notes may differ."""
    return tuple(getattr(event, name) for name in _AGREED)


def fold_exception(events: tuple[BankFileEvent, ...]) -> BankException | None:
    """Return the state of an exception after its events, or None if it was never raised."""
    match events:
        case (ExceptionRaised() as first_event, *later_events):
            consents = tuple(event for event in later_events if isinstance(event, ResolutionAgreed))
            resolutions = tuple(event for event in later_events if isinstance(event, ExceptionResolved))
            return BankException(raised=first_event, agreed=consents, resolutions=resolutions, version=len(events))
        case _:
            return None
