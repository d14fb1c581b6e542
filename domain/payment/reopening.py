"""Payments are closed on a ledger that was put back, until two of finance sign what left since, by the bank's word.

What left and the ledger forgot is never paid again: the identifiers of its payments are kept for ever.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, StringConstraints

from domain.directory.tiers import Role
from domain.payment.counter import CounterAct
from domain.values import Sha256, Value

FINANCE: Final = frozenset({Role.PAYER, Role.FINANCE_APPROVER})

_Identifier = Annotated[str, StringConstraints(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9+?/:().,' -]+$")]
"""Max35Text in the characters that every bank takes (EPC217-08)."""


class FileThatLeft(Value):
    """A payment file that was handed to the bank, by its own content."""

    message_id: _Identifier
    sha256: Sha256
    end_to_end_ids: Annotated[tuple[_Identifier, ...], Field(min_length=1, max_length=100_000)]


class _Reopening(CounterAct):
    roles: ClassVar[frozenset[Role]] = FINANCE
    epoch: Annotated[int, Field(ge=2)]
    statements: Annotated[tuple[Sha256, ...], Field(min_length=1)]
    """The bank's files that tell what it did since the point that the ledger was put back to."""
    files: tuple[FileThatLeft, ...]
    """What was handed over since and the ledger does not know of; none where nothing was."""


class ReopeningAgreed(_Reopening):
    """The first of two signatures on what left."""

    act: ClassVar[str] = "agree_reopen_payments"
    event_type: Literal["ReopeningAgreed"] = "ReopeningAgreed"


class PaymentsReopened(_Reopening):
    """Another person signed the same: payments are open again, but for those that left."""

    act: ClassVar[str] = "reopen_payments"
    event_type: Literal["PaymentsReopened"] = "PaymentsReopened"


ReopeningEvent = ReopeningAgreed | PaymentsReopened


class Reopening(Value):
    """The state of payments in an epoch that began on a ledger which was put back, copied or moved."""

    agreed: tuple[ReopeningAgreed, ...] = ()
    reopened: PaymentsReopened | None = None

    def first(self, second: CounterAct) -> str:
        """Return the first signer of the same, other than its second signer; empty if nobody."""
        same = (one.actor for one in self.agreed if one.content() == second.content())
        return next((actor for actor in same if actor != second.actor), "")

    @property
    def left(self) -> frozenset[str]:
        """The EndToEndIds of the payments that left and the ledger forgot."""
        files = self.reopened.files if self.reopened is not None else ()
        return frozenset(name for file in files for name in file.end_to_end_ids)


def fold_reopening(epoch: int, events: tuple[ReopeningEvent, ...]) -> Reopening:
    """Return the state of payments by signed acts. One person's word opens nothing."""
    found = Reopening()
    for event in events:
        match event:
            case ReopeningAgreed() if event.epoch == epoch:
                found = found.model_copy(update={"agreed": (*found.agreed, event)})
            case PaymentsReopened() if event.epoch == epoch and found.reopened is None and found.first(event):
                found = found.model_copy(update={"reopened": event})
            case _:
                pass
    return found
