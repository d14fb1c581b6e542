"""The commands on payments: of people, and of the bank's counter."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.partnership.acts import Among, Command, Reason, StaffCommand
from domain.partnership.choices import tranches_to_release, tranches_with_a_remainder
from domain.payment.bank_answers import BankAnswer, ExceptionKind, Resolution
from domain.payment.booked.figures import BookedFigures
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.status import TrancheOutcome
from domain.values import Moment, Money, Sha256, StaffId, is_none

TrancheNumber = Annotated[int, Field(ge=1, le=99)]


class Release(StaffCommand):
    """Release a tranche for payment. The payment is then instructed, or withheld with the reason."""

    kind: Literal["release"] = "release"
    tranche: Annotated[
        TrancheNumber, Field(title="Which tranche", description="The planned payment."), Among(tranches_to_release)
    ]
    attempt: Annotated[int, Field(ge=1)] | None = Field(default=None, exclude_if=is_none)
    """The number of the attempt. It is signed as well, so that one signature cannot release two payments."""


class CancelPayment(StaffCommand):
    """Cancel a released payment whose file was not handed over yet. The tranche can then be released again.

    With --emergency, its file is voided only when files are next made or handed over. Until then it cannot leave.
    """

    kind: Literal["cancel_payment"] = "cancel_payment"
    tranche: Annotated[TrancheNumber, Field(title="Which tranche", description="The planned payment.")]
    attempt: Annotated[int, Field(ge=1, title="Which attempt", description="The attempt to pay it.")]
    reason: Reason


class AgreeRest(StaffCommand):
    """Agree that the rest of a tranche, which was paid short or came back in part, is paid by a new attempt.

    Two people agree to the same sum. Then a payer releases it, and no more than that is instructed.
    """

    kind: Literal["agree_rest"] = "agree_rest"
    tranche: Annotated[
        TrancheNumber,
        Field(title="Which tranche", description="The planned payment."),
        Among(tranches_with_a_remainder),
    ]
    remainder: Annotated[
        Money, Field(title="The rest", description="The sum that is not paid: it must be what is missing.")
    ]
    reason: Reason


class GiveUpRest(StaffCommand):
    """Give up the rest of a tranche, which was paid short or came back in part: nobody pays it any more.

    Two people give up the same sum. Then the tranche is settled, and its funds have that money again.
    """

    kind: Literal["give_up_rest"] = "give_up_rest"
    tranche: Annotated[
        TrancheNumber,
        Field(title="Which tranche", description="The planned payment."),
        Among(tranches_with_a_remainder),
    ]
    remainder: Annotated[
        Money, Field(title="The rest", description="The sum that is not paid: it must be what is missing.")
    ]
    reason: Reason


class WaiveRecovery(StaffCommand):
    """Let the grantee keep what it was paid beyond the plan, such as where two attempts were booked.

    Two people waive the same sum. Until then, or until it is back, it is owed.
    """

    kind: Literal["waive_recovery"] = "waive_recovery"
    money: Annotated[
        Money, Field(title="Sum", description="The sum that stays with the grantee: it must be what is open.")
    ]
    reason: Reason


class RecallPayment(StaffCommand):
    """Open the case of a recall: a payment that left is asked back of the bank, by a day, and somebody follows it up.

    It ends nothing, and no message goes to the bank: the shell prints what to tell it.
    """

    kind: Literal["recall_payment"] = "recall_payment"
    tranche: Annotated[TrancheNumber, Field(title="Which tranche", description="The payment that left.")]
    attempt: Annotated[int, Field(ge=1, title="Which attempt", description="The attempt to pay it.")]
    reason: Reason
    responsible: Annotated[
        StaffId | None,
        Field(title="Who follows it up", description="The person who follows it up; without it, whoever asks."),
    ] = None


class AnswerRecall(StaffCommand):
    """Record the bank's answer to a recall, by its paper. Even a granted recall ends nothing: a booked return does."""

    kind: Literal["answer_recall"] = "answer_recall"
    tranche: Annotated[TrancheNumber, Field(title="Which tranche", description="The payment that was recalled.")]
    attempt: Annotated[int, Field(ge=1, title="Which attempt", description="The attempt to pay it.")]
    answer: Annotated[RecallAnswer, Field(title="The answer", description="What the bank answers.")]
    reason: Reason
    document_sha256: Annotated[Sha256, Field(title="Document", description="The bank's answer itself.")]


class RecordTrancheOutcome(Command):
    """Record the outcome of an attempt to pay a tranche."""

    kind: Literal["record_tranche_outcome"] = "record_tranche_outcome"
    tranche: TrancheNumber
    attempt: int
    outcome: TrancheOutcome
    reason: str
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """The bank's figures of the booking, where they tell more than the sum."""
    booked_money: Money | None = Field(default=None, exclude_if=is_none)
    """The sum that the bank booked, of a payment that was booked short."""


class RecordReceipt(Command):
    """Record money that, according to the bank, came in for this partnership."""

    answer: BankAnswer


class RecordHandOver(Command):
    """Record the hand-over to the bank of a file with the attempt's payment."""

    tranche: TrancheNumber
    attempt: int
    message_id: str


class RecordNeverSent(Command):
    """Record two people's statement that the payment file never arrived, with the bank's confirmation on file."""

    tranche: TrancheNumber
    attempt: int
    message_id: str


class RecordContradiction(Command):
    """Record something that the bank said and that a person must resolve before it counts."""

    exception_id: UUID
    exception: ExceptionKind
    reason: str
    answer: BankAnswer | None = None
    taken_back: Money | None = None
    """The sum of the gift that the bank took back, or None."""


class RecordResolution(Command):
    """Record the resolution of an exception by one or two people. An answer that counts changes the totals."""

    exception_id: UUID
    resolution: Resolution
    answer: BankAnswer | None = None
    """The answer that counts now, or None."""


class RecordRecallAnswer(Command):
    """Record the bank's answer to a recall, by a file of the bank (camt.029)."""

    kind: Literal["record_recall_answer"] = "record_recall_answer"
    tranche: TrancheNumber
    attempt: int
    number: int = 0
    """The number of the recall that the bank names, or 0 if it names the payment alone."""
    answer: RecallAnswer
    code: str
    reason: str
    money: Money | None = Field(default=None, exclude_if=is_none)
    answer_id: UUID
    bank_reference: str
    said_at: Moment
    file_sha256: Sha256
    due: date


CounterCommand = (
    RecordTrancheOutcome
    | RecordReceipt
    | RecordHandOver
    | RecordNeverSent
    | RecordContradiction
    | RecordResolution
    | RecordRecallAnswer
)
"""Every command of the bank's counter, which runs in processes of its own."""


RecallRequest = RecallPayment | AnswerRecall
PaymentRequest = Release | CancelPayment | AgreeRest | GiveUpRest | WaiveRecovery
