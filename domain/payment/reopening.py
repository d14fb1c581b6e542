"""Reopening of payments after a restore of the ledger.

Two people of finance sign which files were handed over after the point of the restore, according to the bank's own
files. A payment in them that is missing from the ledger is never paid again: its identifier is kept for ever.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, StringConstraints

from domain.directory.tiers import Role
from domain.payment.counter import CounterAct
from domain.values import Sha256, Value

FINANCE: Final = frozenset({Role.PAYER, Role.FINANCE_APPROVER})

_Identifier = Annotated[str, StringConstraints(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9+?/:().,' -]+$")]
"""An ISO 20022 Max35Text of characters that every bank accepts (EPC217-08)."""


class FileThatLeft(Value):
    """A payment file that was handed over to the bank, as its own content describes it."""

    message_id: _Identifier
    sha256: Sha256
    end_to_end_ids: Annotated[tuple[_Identifier, ...], Field(min_length=1, max_length=100_000)]


class _Reopening(CounterAct):
    roles: ClassVar[frozenset[Role]] = FINANCE
    epoch: Annotated[int, Field(ge=2)]
    statements: Annotated[tuple[Sha256, ...], Field(min_length=1)]
    """The digests of the bank's files that cover all time since the point that the ledger was restored to."""
    files: tuple[FileThatLeft, ...]
    """The files handed over since then that the ledger does not hold, empty if there are none."""


class ReopeningAgreed(_Reopening):
    """The first of two signatures on the list of files that were handed over."""

    act: ClassVar[str] = "agree_reopen_payments"
    event_type: Literal["ReopeningAgreed"] = "ReopeningAgreed"


class PaymentsReopened(_Reopening):
    """A second person signed the same list: payments may be made again, except those in the listed files."""

    act: ClassVar[str] = "reopen_payments"
    event_type: Literal["PaymentsReopened"] = "PaymentsReopened"


ReopeningEvent = ReopeningAgreed | PaymentsReopened


class Reopening(Value):
    """The state of the reopening of payments, in an epoch that began when the ledger was restored, copied or moved."""

    agreed: tuple[ReopeningAgreed, ...] = ()
    reopened: PaymentsReopened | None = None

    def first(self, second: CounterAct) -> str | None:
        """Return the person who signed the same content first, other than the signer of `second`, or None."""
        consents = (consent for consent in self.agreed if consent.content() == second.content())
        actors = (consent.actor for consent in consents if consent.signature.key_id != second.signature.key_id)
        return next((actor for actor in actors if actor != second.actor), None)

    @property
    def left(self) -> frozenset[str]:
        """The EndToEndIds of the payments that were handed over and are missing from the ledger."""
        files = self.reopened.files if self.reopened is not None else ()
        return frozenset(name for file in files for name in file.end_to_end_ids)


def fold_reopening(epoch: int, events: tuple[ReopeningEvent, ...]) -> Reopening:
    """Return the state of an epoch's reopening after signed acts. Nothing reopens without two people's signatures."""
    reopening = Reopening()
    for event in events:
        match event:
            case ReopeningAgreed() if event.epoch == epoch:
                reopening = reopening.model_copy(update={"agreed": (*reopening.agreed, event)})
            case PaymentsReopened() if event.epoch == epoch and reopening.reopened is None and reopening.first(event):
                reopening = reopening.model_copy(update={"reopened": event})
            case _:
                pass
    return reopening
