"""The state of a bank account: who recorded it and who verified it. The ledger holds no bank details (R40)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.directory.tiers import Role
from domain.parties import AccountReference
from domain.payment.called_numbers import NumberFrom
from domain.signatures.signing import Signature, Statement, statement_about
from domain.streams import StreamId
from domain.values import Currency, ExactDecimal, Moment, OneLine, Printable, Sentence, Sha256, StaffId, Value, is_none


class _AccountEvent(Value):
    schema_version: ClassVar[int] = 1
    at: Moment
    actor: StaffId
    signature: Signature


class AccountRecorded(_AccountEvent):
    """A person recorded a bank account."""

    event_type: Literal["AccountRecorded"] = "AccountRecorded"
    account: AccountReference


class AccountConfirmed(_AccountEvent):
    """Another person verified the account by calling a number that did not come with the bank details."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["AccountConfirmed"] = "AccountConfirmed"
    sha256: Sha256
    note: Sentence
    number_from: NumberFrom | None = Field(default=None, exclude_if=is_none)
    """The place where the number stood that was called, or None before that was asked."""

    def content(self) -> dict[str, Any]:
        """Return the content that the person signs."""
        return self.model_dump(mode="json", include={"sha256", "note", "number_from"})


class BalanceRecorded(_AccountEvent):
    """A person recorded what a bank's statement says stood on an account at the end of a day."""

    event_type: Literal["BalanceRecorded"] = "BalanceRecorded"
    amount: Annotated[ExactDecimal, Field(max_digits=18)]
    currency: Currency
    on: date
    statement: Annotated[str, StringConstraints(min_length=3, max_length=70), Printable, OneLine]
    """The bank's own reference of the statement."""

    def content(self) -> dict[str, Any]:
        """Return the content that the person signs."""
        return self.model_dump(mode="json", include={"amount", "currency", "on", "statement"})


AccountEvent = AccountRecorded | AccountConfirmed | BalanceRecorded

MAY_VOUCH: Final = frozenset({Role.VERIFIER, Role.FINANCE_APPROVER})
"""The roles that record an account, or confirm it after calling back."""


class AccountStanding(Value):
    """An account's state: who recorded it, and who called back to verify it."""

    account: AccountReference
    recorded_by: str
    confirmed_by: str = ""
    confirmed_at: Moment | None = None
    anew_by: str = ""
    """The last caller, if somebody called back again, as is asked once the bank called the account wrong or closed."""
    anew_at: Moment | None = None
    confirmations: int = 0

    @property
    def called_back_last(self) -> str:
        """The person who called back last, empty if nobody did."""
        return self.anew_by or self.confirmed_by

    def confirmed_since(self, moment: Moment) -> bool:
        """True if somebody called back after a time."""
        last = self.anew_at or self.confirmed_at
        return last is not None and last > moment


def statement_of(event: AccountEvent, reference: str) -> Statement:
    """Return the statement that the signature on an account's event must cover."""
    match event:
        case AccountRecorded():
            act, content = "record_account", event.account.model_dump(mode="json")
        case AccountConfirmed():
            act, content = "confirm_account", event.content()
        case BalanceRecorded():
            act, content = "record_balance", event.content()
    statement = event.signature.statement
    return account_statement(act, content, event.actor, event.at, statement.command_id, reference)


def account_statement(
    act: str, content: dict[str, Any], actor: str, at: Moment, command_id: UUID, reference: str
) -> Statement:
    """Return the statement to sign for an act on an account."""
    return statement_about(StreamId.account(reference), act, actor, at, command_id, content)


def standing_of(events: tuple[AccountEvent, ...]) -> AccountStanding | None:
    """Return the state of an account after its events, or None if it was never recorded.

    A confirmation by the person who recorded it, or of other details, does not count.
    """
    standing: AccountStanding | None = None
    for event in events:
        match event:
            case AccountRecorded() if standing is None:
                standing = AccountStanding(account=event.account, recorded_by=event.actor)
            case AccountConfirmed() if standing is not None and _counts(standing, event):
                standing = _confirmed(standing, event)
            case _:
                pass
    return standing


def _counts(standing: AccountStanding, event: AccountConfirmed) -> bool:
    return event.actor != standing.recorded_by and event.sha256 == standing.account.sha256


def _confirmed(standing: AccountStanding, event: AccountConfirmed) -> AccountStanding:
    """Return the state after a call-back. The first one stands, and a later one is kept beside it."""
    first = {"confirmed_by": event.actor, "confirmed_at": event.at}
    later = {"anew_by": event.actor, "anew_at": event.at}
    count = {"confirmations": standing.confirmations + 1}
    return standing.model_copy(update={**(later if standing.confirmed_by else first), **count})
