"""Reopening of payments after a restore: two finance people sign which files left since, by the bank's own files.

A payment that left and is missing from the ledger is never paid again: its identifier is kept for ever.
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
    """A payment file that was handed over to the bank, as its own content describes it."""

    message_id: _Identifier
    sha256: Sha256
    end_to_end_ids: Annotated[tuple[_Identifier, ...], Field(min_length=1, max_length=100_000)]


class _Reopening(CounterAct):
    roles: ClassVar[frozenset[Role]] = FINANCE
    epoch: Annotated[int, Field(ge=2)]
    statements: Annotated[tuple[Sha256, ...], Field(min_length=1)]
    """The digests of the bank's files on everything since the point that the ledger was restored to."""
    files: tuple[FileThatLeft, ...]
    """The files handed over since then that the ledger does not hold; empty if there are none."""


class ReopeningAgreed(_Reopening):
    """The first of two signatures on the files that left."""

    act: ClassVar[str] = "agree_reopen_payments"
    event_type: Literal["ReopeningAgreed"] = "ReopeningAgreed"


class PaymentsReopened(_Reopening):
    """Another person signed the same content: payments are open again, except those that left."""

    act: ClassVar[str] = "reopen_payments"
    event_type: Literal["PaymentsReopened"] = "PaymentsReopened"


ReopeningEvent = ReopeningAgreed | PaymentsReopened


class Reopening(Value):
    """The state of the reopening of payments, in an epoch that began when the ledger was restored, copied or moved."""

    agreed: tuple[ReopeningAgreed, ...] = ()
    reopened: PaymentsReopened | None = None

    def first(self, second: CounterAct) -> str:
        """Return the first signer of the same content, other than its second signer; empty if nobody."""
        same = (one.actor for one in self.agreed if one.content() == second.content())
        return next((actor for actor in same if actor != second.actor), "")

    @property
    def left(self) -> frozenset[str]:
        """The EndToEndIds of the payments that left and are missing from the ledger."""
        files = self.reopened.files if self.reopened is not None else ()
        return frozenset(name for file in files for name in file.end_to_end_ids)


def fold_reopening(epoch: int, events: tuple[ReopeningEvent, ...]) -> Reopening:
    """Return the state of the reopening after signed acts. One person's signature alone reopens nothing."""
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
