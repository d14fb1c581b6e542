"""The words of exceptions: what happened, what the bank says beside what we know, and what can be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from accord.presentation.filters import STANDINGS
from accord.presentation.words.days import day_in_words
from accord.presentation.words.payments import booking_cells, standing_in_words
from accord.presentation.words.values import money_in_words
from domain.payment.bank_answers import (
    COUNTING,
    MAY_TAKE_BACK,
    TAKES_BACK,
    BankAnswer,
    BankStatus,
    ExceptionKind,
    Resolution,
)
from domain.payment.bank_file import ExceptionRaised
from domain.payment.booked.returning import back_at_its_rate
from domain.payment.resolving import is_exchanged
from domain.payment.tranche.state import Tranche

HAPPENED: Final[Mapping[ExceptionKind, str]] = {
    ExceptionKind.UNREADABLE: "The bank wrote what nobody can read",
    ExceptionKind.UNKNOWN_PAYMENT: "The bank names a payment that we do not know",
    ExceptionKind.OTHER_CONTENT: "The bank's word differs from the payment that we sent",
    ExceptionKind.IMPOSSIBLE_DAY: "The bank names a day that cannot be",
    ExceptionKind.WRONG_ACCOUNT: "The bank speaks of another account",
    ExceptionKind.NOT_HANDED_OVER: "The bank speaks of a payment that never left us",
    ExceptionKind.SECOND_BOOKING: "The bank booked a payment a second time",
    ExceptionKind.CONTRADICTION: "The bank contradicts what it said before",
    ExceptionKind.PARTIAL_RETURN: "A part of a payment came back",
    ExceptionKind.LATE_RETURN: "A payment came back after its partnership had ended",
    ExceptionKind.IDENTITY_USED_AGAIN: "A message of the bank came again with other words",
    ExceptionKind.PERHAPS_TOLD_BEFORE: "The bank may repeat what it said before",
    ExceptionKind.UNEXPECTED_RECEIPT: "Money came in that nobody expects",
    ExceptionKind.REJECTION_IN_DOUBT: "The bank refuses a payment, and may pay it all the same",
}
TAKEN_BACK: Final = "The bank takes a gift back"
SAYS: Final[Mapping[BankStatus, str]] = {
    BankStatus.ACCEPTED: "Accepted",
    BankStatus.SETTLED: "Paid",
    BankStatus.REJECTED: "Refused",
    BankStatus.RETURNED: "Came back",
    BankStatus.RECEIVED: "Money came in",
}
_AGREES: Final[Mapping[BankStatus, frozenset[str]]] = {
    BankStatus.ACCEPTED: frozenset({"ACCEPTED"}),
    BankStatus.SETTLED: frozenset({"SETTLED", "SHORT"}),
    BankStatus.REJECTED: frozenset({"REJECTED"}),
    BankStatus.RETURNED: frozenset({"RETURNED"}),
    BankStatus.RECEIVED: frozenset(),
}
"""By what the bank says: the statuses of a payment that say the same."""


class VersusRow(NamedTuple):
    """One thing on which our record and the bank's word stand beside each other."""

    label: str
    ours: str
    bank: str
    differs: bool = False


class ChoiceWords(NamedTuple):
    """A resolution as people decide it: what they say, what it does, and the words on its button."""

    says: str
    does: str
    button: str


CHOICES: Final[Mapping[Resolution, ChoiceWords]] = {
    Resolution.BELONGS_TO: ChoiceWords(
        "It is so", "What the bank says counts for the payment or partnership that you name.", "Let it count"
    ),
    Resolution.NOTHING_BOOKED: ChoiceWords(
        "It was not paid",
        "You attach the bank's letter that it booked nothing. The payment ends, and only then may a payer release it "
        "again.",
        "Record that nothing was booked",
    ),
    Resolution.BOOKED_WITH_DIFFERENCE: ChoiceWords(
        "It was paid, with the bank's charges or in another currency",
        "The payment counts as paid, at the sum that we instructed. What the bank booked is kept beside it.",
        "Record it as paid",
    ),
    Resolution.TOLD_BEFORE: ChoiceWords(
        "The bank had said so before", "It counts once. Nothing changes.", "Record it as a repetition"
    ),
    Resolution.RETURNED_TO_SENDER: ChoiceWords(
        "The money went back to its sender",
        "It counts for no partnership. The lists are asked about the sender first.",
        "Record that it went back",
    ),
    Resolution.BLOCKED_ACCOUNT: ChoiceWords(
        "The sender is blocked",
        "The money lies in a blocked account, and is reported within 10 business days.",
        "Record the blocked account",
    ),
    Resolution.BANK_ERROR: ChoiceWords(
        "The bank made a mistake",
        "The bank puts it right. Until then nothing of it counts.",
        "Record the bank's mistake",
    ),
    Resolution.OURS: ChoiceWords(
        "It is of no partnership",
        "A transfer, a fee or another entry of our own: it counts for no partnership, and moves no fund.",
        "Record it as our own",
    ),
}
_COUNTS_AS: Final[Mapping[BankStatus, ChoiceWords]] = {
    BankStatus.ACCEPTED: ChoiceWords(
        "The bank has it", "The payment counts as accepted by the bank.", "Record it as accepted"
    ),
    BankStatus.SETTLED: ChoiceWords("It was paid", "The payment counts as paid.", "Record it as paid"),
    BankStatus.RETURNED: ChoiceWords(
        "It came back",
        "The sum counts as back with us. Another payment is a decision of its own.",
        "Record that it came back",
    ),
    BankStatus.RECEIVED: ChoiceWords(
        "It is for a partnership", "It counts as received by the partnership that you name.", "Say whose it is"
    ),
}
"""The words of a resolution by which an answer counts, by the bank's own word."""
_TAKES_BACK: Final[Mapping[Resolution, ChoiceWords]] = {
    Resolution.OURS: ChoiceWords(
        "The gift went back to its donor",
        "It is the refund to the donor that is on record. Record that refund first: without it the fund lacks the "
        "money, and the book still has it.",
        "Record that it went back",
    ),
    Resolution.TOLD_BEFORE: ChoiceWords(
        "The bank had said so before", "The gift was taken back once, and counts so once.", "Record it as a repetition"
    ),
    Resolution.BANK_ERROR: ChoiceWords(
        "The bank took it by mistake",
        "The gift counts as received again, and the bank books it back to the account.",
        "Record the bank's mistake",
    ),
}
"""The words where the bank takes a gift back."""
_PART_BACK: Final = ChoiceWords(
    "That much came back",
    "This sum counts as back with us, and the rest as paid. Two people then agree to pay it again, or give it up.",
    "Record what came back",
)


def usual_of(kind: ExceptionKind, status: BankStatus | None) -> Resolution | None:
    """Return the resolution that is usually right, and that lets no money count, or None where that is the first.

    Money of a stranger goes back, and what the bank may repeat counts once.
    """
    if kind is ExceptionKind.PERHAPS_TOLD_BEFORE:
        return Resolution.TOLD_BEFORE
    return Resolution.RETURNED_TO_SENDER if status is BankStatus.RECEIVED else None


def heading_of(kind: ExceptionKind, reason: str) -> str:
    """Return the event in a sentence without its stop, by the kind of an exception and the reason of it."""
    return TAKEN_BACK if reason in {TAKES_BACK, MAY_TAKE_BACK} else HAPPENED[kind]


def happened(raised: ExceptionRaised, answer: BankAnswer | None, attempt: Tranche | None) -> str:
    """Return the event in a sentence without its stop, with the sums where they differ."""
    kind = raised.exception
    if kind is ExceptionKind.OTHER_CONTENT and answer is not None and attempt is not None:
        order = attempt.order.money
        if answer.is_booking and answer.booked != order:
            return f"The bank booked {money_in_words(answer.booked)} for a payment of {money_in_words(order)}"
    return heading_of(kind, raised.reason)


def choice_in_words(resolution: Resolution, raised: ExceptionRaised, answer: BankAnswer | None) -> ChoiceWords:
    """Return the words of a resolution: what it says of an answer, and what it does."""
    if raised.reason in {TAKES_BACK, MAY_TAKE_BACK} and resolution in _TAKES_BACK:
        return _TAKES_BACK[resolution]
    if resolution is Resolution.BELONGS_TO and raised.exception is ExceptionKind.PARTIAL_RETURN:
        return _PART_BACK
    is_back = answer is not None and answer.status is BankStatus.RETURNED and resolution in COUNTING
    if answer is not None and (resolution is Resolution.BELONGS_TO or is_back):
        return _COUNTS_AS.get(answer.status, CHOICES[resolution])
    return CHOICES[resolution]


def versus(attempt: Tranche | None, answer: BankAnswer, days: Mapping[str, str]) -> tuple[VersusRow, ...]:
    """Return our record of a payment beside the bank's word. `days`: those of the payment in words, by status."""
    return tuple(_versus(attempt, answer, days))


def _versus(attempt: Tranche | None, answer: BankAnswer, days: Mapping[str, str]) -> Iterator[VersusRow]:
    says = f"{SAYS[answer.status]} on {day_in_words(answer.said_at.date())}"
    if attempt is None:
        yield VersusRow("Status", "no payment of ours", says, differs=True)
        yield VersusRow("Amount", "nothing", money_in_words(answer.money), differs=True)
    else:
        standing, status = standing_in_words(attempt.status.value).words, attempt.status.value
        since = f" {'since' if _is_under_way(status) else 'on'} {days[status]}" if status in days else ""
        yield VersusRow("Status", f"{standing}{since}", says, status not in _AGREES[answer.status])
        order = attempt.order.money
        yield VersusRow(
            "Amount", money_in_words(order), _amount(answer, order.amount, order.currency), order != answer.money
        )
        yield from _figures(answer)
        yield from _by_its_rate(attempt, answer)
    yield VersusRow("Booked", "booked" if attempt is not None and attempt.booked else "not booked", _booked(answer),
                    (attempt is not None and attempt.booked) is not answer.is_booking)  # fmt: skip
    if answer.value_on is not None:
        yield VersusRow("Value day", "", day_in_words(answer.value_on))


def _figures(answer: BankAnswer) -> Iterator[VersusRow]:
    """Yield the figures that the bank tells of a booking."""
    figures = answer.figures
    if figures is None:
        return
    cells = booking_cells(figures, None)
    differs = not figures.is_exact
    label = "Came back to the account" if figures.is_return else "Taken from the account"
    yield VersusRow(label, money_in_words(figures.instructed_sum), cells["booked"], differs)
    if figures.rate is not None:
        yield VersusRow("The bank's rate", "", cells["bank_rate"], differs=True)
    if figures.charges:
        yield VersusRow("Charges", "none", cells["bank_charges"], differs=True)
    if figures.received != figures.instructed_sum:
        yield VersusRow("Arrived", money_in_words(figures.instructed_sum), cells["received"], differs=True)


def _by_its_rate(attempt: Tranche, answer: BankAnswer) -> Iterator[VersusRow]:
    """Yield the sum that came back by the rate of the booking, where the bank tells none of the way back."""
    if answer.figures is not None or answer.status is not BankStatus.RETURNED or not is_exchanged(answer, attempt):
        return
    money = back_at_its_rate(attempt.figures, answer.booked, attempt.paid_money)
    if money is not None:
        yield VersusRow("By the rate of its booking", money_in_words(attempt.paid_money), money_in_words(money))


def _is_under_way(status: str) -> bool:
    return status in STANDINGS["under-way"]


def _amount(answer: BankAnswer, amount: Decimal, currency: str) -> str:
    told = money_in_words(answer.money)
    if answer.money.currency != currency or answer.money.amount == amount:
        return told
    difference = answer.money.model_copy(update={"amount": abs(answer.money.amount - amount)})
    return f"{told}: {money_in_words(difference)} {'more' if answer.money.amount > amount else 'less'}"


def _booked(answer: BankAnswer) -> str:
    if not answer.is_booking:
        return "it says nothing of a booking"
    return f"booked on {day_in_words(answer.booked_on or answer.said_at.date())}"
