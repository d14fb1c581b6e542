"""The words of payments: how each stands, on which day, and what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from accord.presentation.filters import STANDINGS
from accord.presentation.words.codes import words_of
from accord.presentation.words.values import money_in_words
from domain.payment.account_numbers import masked
from domain.payment.booked.figures import BankRate, Bearer, BookedFigures, Charge
from domain.payment.booked.weighing import figures_in_words
from domain.payment.payment_file import FileStatus, PaymentFile
from domain.payment.recalls import RecallAnswer
from domain.values import Money


class Standing(NamedTuple):
    """The standing of a payment in words, with the tone and the icon that say the same."""

    words: str
    tone: str
    icon: str
    happened: str = ""
    """The word before its day, where the standing does not say what happened on it."""


STANDING_WORDS: Final[Mapping[str, Standing]] = {
    "ready": Standing("Ready", "warn", "clock", "released "),
    "at-the-bank": Standing("At the bank", "info", "bank", "sent "),
    "under-way": Standing("Ready or at the bank", "info", "bank"),
    "paid": Standing("Paid", "good", "okring"),
    "refused": Standing("Refused", "bad", "stop"),
    "came-back": Standing("Came back", "bad", "back"),
    "kept-back": Standing("Kept back", "bad", "stop", "released "),
    "taken-back": Standing("Taken back", "neutral", "back", "released "),
}
"""By the names of `STANDINGS`."""

_FURTHER: Final[Mapping[str, str]] = {"UNKNOWN": ", no answer", "SHORT": " in part"}
"""By status: the words behind those of its standing, where a person is to look."""

DAYS_IN_WORDS: Final[Mapping[str, str]] = {
    "released_at": "Released",
    "instructed_on": "Order to the bank written",
    "handed_over_on": "Handed over to the bank",
    "settled_on": "Booked by the bank",
    "value_on": "Value day",
    "rejected_on": "Refused by the bank",
    "returned_on": "Came back",
}
"""The days of a payment, in the order in which they come."""


def standing_of(status: str) -> str:
    """Return the name of how a payment of a status stands."""
    return next(name for name, statuses in STANDINGS.items() if status in statuses)


def standing_in_words(status: str) -> Standing:
    """Return the standing of a payment of a status, in words."""
    standing, further = STANDING_WORDS[standing_of(status)], _FURTHER.get(status)
    return standing._replace(words=f"{standing.words}{further}", tone="warn") if further else standing


def subject_in_words(cells: Mapping[str, Any]) -> str:
    """Return the subject of a payment: the title of its partnership, and which of its payments it is."""
    place = f"{cells['tranche']} of {cells['of']}" if cells["of"] else f"payment {cells['tranche']}"
    return f"{cells['title'] or cells['partnership_id']}, {place}"


def tries_in_words(attempt: int) -> str:
    """Return the number of its tries in words, or '' for one."""
    return {1: "", 2: "tried twice"}.get(attempt, f"tried {attempt} times")


def bank_in_words(reason: str) -> str:
    """Return the bank's words on a payment, with account numbers by their last digits."""
    return "" if reason == "BOOK" else masked(reason)


FILE_STANDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "MADE": ("To be handed over", "warn"),
    "HANDED_OVER": ("Handed over", "info"),
    "VOID": ("Void", "neutral"),
    "NEVER_SENT": ("Never reached the bank", "bad"),
}
"""By status of a payment file: how it stands in words, with the tone, at the counter and on the console alike."""
SIGNED_BY_ONE: Final = ("Signed by one, leaves with a second", "warn")
"""The standing of a payment file after the first of two signatures on its hand-over."""
PAID: Final = ("Paid", "good")
"""The standing of a payment file all of whose payments the bank paid."""
TO_BE_TAKEN: Final = ("Handed over, to be taken", "warn")
"""The standing of a payment file that was handed over and lies in the counter's folder."""


def portal_in_words(is_sheet: bool, file: PaymentFile) -> str:
    """Return the standing of a sheet in the bank's portal, or '' of a file for the bank and before the hand-over."""
    if not is_sheet or file.status is not FileStatus.HANDED_OVER:
        return ""
    if file.countersigned is not None:
        return f"{file.countersigned.confirmation}, signed by {file.countersigned.actor}"
    if file.typed:
        return f"{file.typed[-1].confirmation}, typed by {file.typed[-1].actor}; another must sign"
    return "to be typed"


def left_in_words(counts: Mapping[str, int], is_taken: bool) -> tuple[str, str]:
    """Return the standing of a file after its hand-over, with the tone: paid, answered, taken, or handed over.

    `counts`: its payments, by status. `is_taken`: somebody took it out of the counter's folder.
    """
    if set(counts) == {"SETTLED"}:
        return PAID
    if counts and set(counts) <= {"SETTLED", "SHORT", "REJECTED", "RETURNED"}:
        return "Answered", "neutral"
    return ("Taken", "info") if is_taken else FILE_STANDINGS["HANDED_OVER"]


_ANSWERS: Final[Mapping[str, str]] = {
    "SETTLED": "paid",
    "SHORT": "paid in part",
    "REJECTED": "refused",
    "RETURNED": "came back",
    "ACCEPTED": "accepted",
    "HANDED_OVER": "without an answer",
    "UNKNOWN": "without an answer",
}
"""By status of a payment that left: the bank's answer to it. What was answered for good comes first."""


def answer_in_words(counts: Mapping[str, int]) -> str:
    """Return the bank's answer to a file that left, by the number of its payments of each status."""
    by_answer = dict.fromkeys(_ANSWERS.values(), 0)
    for status, count in counts.items():
        by_answer[_ANSWERS[status]] += count
    told = {words: count for words, count in by_answer.items() if count}
    if set(told) <= {_ANSWERS["HANDED_OVER"]}:
        return "No answer yet"
    return ", ".join(f"{count} {words}" for words, count in told.items())


def booking_in_words(figures: BookedFigures | None) -> str:
    """Return the figures of a booking in words, or '' where it tells no more than the sum."""
    return "; ".join(_booking(figures)) if figures is not None else ""


def _booking(figures: BookedFigures) -> Iterator[str]:
    if not figures.is_exact:
        yield figures_in_words(figures)
    if figures.received != figures.instructed_sum:
        yield f"received {figures.received} of {figures.instructed_sum}"


def rate_in_words(rate: BankRate) -> str:
    """Return a bank's rate, with the contract and the day on which it was quoted."""
    other_currency = rate.target if rate.unit == rate.source else rate.source
    contract = f", contract {rate.contract}" if rate.contract else ""
    day = f", quoted on {rate.quoted_on}" if rate.quoted_on is not None else ""
    return f"{rate.unit} 1 = {other_currency} {rate.rate:f}{contract}{day}"


RECEIVED: Final = "received"
"""The field of what arrived, which follows from the others."""


def booking_cells(figures: BookedFigures | None, money: Money | None) -> dict[str, str]:
    """Return the figures of a booking as cells of a list, each '' if it is not told.

    `money`: the sum of a booking of which nothing else is told.
    """
    booking = figures.booked_sum if figures is not None else money
    charges = [_charge(charge) for charge in figures.charges] if figures is not None else []
    return {
        "booked": str(booking) if booking is not None else "",
        "bank_rate": rate_in_words(figures.rate) if figures is not None and figures.rate is not None else "",
        "bank_charges": "; ".join(charges),
        RECEIVED: str(figures.received) if figures is not None else "",
    }


def cells_of_booking(booking: Mapping[str, Any]) -> dict[str, str]:
    """Return the same cells of a booking as a list's line keeps it. Of a part that was booked the sum alone is told."""
    instructed_sum = {"instructed": str(Money.model_validate(booking["instructed_sum"]))}
    if RECEIVED not in booking:
        return instructed_sum | booking_cells(None, Money.model_validate(booking["booked_sum"]))
    kept = {name: cell for name, cell in booking.items() if name != RECEIVED}
    return instructed_sum | booking_cells(BookedFigures.model_validate(kept), None)


_BEARERS: Final[Mapping[Bearer, str]] = {
    Bearer.DEBT: "borne by us (DEBT)",
    Bearer.CRED: "borne by the payee (CRED)",
    Bearer.SHAR: "shared (SHAR)",
    Bearer.SLEV: "as the service says (SLEV)",
}


def _charge(charge: Charge) -> str:
    bearer = f" {_BEARERS[charge.bearer]}" if charge.bearer is not None else ""
    part = ", in what was booked" if charge.is_part else ", from what arrived" if charge.is_payees else ""
    return f"{charge.money}{bearer}{part}"


_RECALL_REASONS: Final = {
    "AC04": "the payee's account is closed",
    "AGNT": "the payee's bank refuses",
    "AM04": "the payee's account holds too little",
    "ARDT": "it was returned already",
    "CUST": "the payee refuses",
    "INDM": "the payee's bank asks for an indemnity",
    "LEGL": "for a legal reason",
    "NOAS": "the payee did not answer",
    "NOOR": "the bank never received the payment",
}
"""By code of the bank: its reason for the answer to a recall (ExternalPaymentCancellationRejection1Code)."""


def recall_answer_in_words(answer: RecallAnswer, which: str, code: str, reason: str, money: Money | None) -> str:
    """Return a bank's answer to a recall in one line. `which`: the payment."""
    known = next((words for word, words in _RECALL_REASONS.items() if word in reason.split()), "")
    coming = f"{money_in_words(money)} is to come back" if money is not None else ""
    said = masked(" ".join(filter(None, (code, reason))))
    return ", ".join(filter(None, (f"the bank {words_of(answer)} that of {which} ({said})", known, coming)))
