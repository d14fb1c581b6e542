"""Fold payloads of events, as JSON, into what was booked on accounts of ours and which payments are open."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from accord.operations.attesting.readers.event_words import (
    BankWord,
    money_of,
    name_of,
    word_of,
    word_of_act,
    word_of_booking,
)
from domain.attestation.readings import ZERO, Booking, OpenPayment

_Attempt = tuple[str, int, int]


@dataclass
class _Payment:
    """An attempt to pay."""

    currency: str = ""
    amount: Decimal = ZERO
    funder: str = ""
    account: str = ""
    references: set[str] = field(default_factory=set)
    has_order: bool = False
    has_release: bool = False
    is_at_the_bank: bool = False
    is_over: bool = False
    has_payment: bool = False
    paid: Decimal = ZERO
    """The sum that the bank paid of it, before anything came back."""
    out: list[BankWord] = field(default_factory=list)
    back: list[BankWord] = field(default_factory=list)
    returned: Decimal = ZERO
    """The sum that came back of it, in the currency of the payment."""
    return_ids: set[str] = field(default_factory=set)
    """The answers on its return in its own stream."""


@dataclass
class _Refund:
    """A refund that people recorded."""

    partnership: str
    direction: str
    detail: str
    recorded_by: str
    word: BankWord
    account: str
    booked: BankWord | None = None
    """The refund as the bank booked it on the account, None where nothing was exchanged."""
    has_two_signers: bool = False


class EventFold:
    """The fold. It is given each event once, in the order of positions."""

    def __init__(self) -> None:
        self.file_digests: set[str] = set()
        self._payments: dict[_Attempt, _Payment] = {}
        self._proposals: dict[str, Any] = {}
        self._gifts: list[tuple[str, BankWord]] = []
        self._refunds: list[_Refund] = []
        self._booked_sums: dict[str, Any] = {}

    def take(self, position: int, stream: str, event_type: str, payload: bytes) -> str:
        """Take the next event, and return the reason why it cannot be read, or ''."""
        kind, *place = stream.split("/")
        kind = kind if len(place) < 2 else "attempt"
        reader = _READERS.get((kind, event_type))
        if reader is None:
            return ""
        try:
            # What somebody wrote to an attempt before its order counts for nothing.
            if kind != "attempt" or reader is EventFold._ordered or self._of_stream(place).has_order:
                reader(self, place, json.loads(payload))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError) as fault:
            return f"cannot be read ({type(fault).__name__})"
        return ""

    def bookings(self) -> Iterator[Booking]:
        """Yield every movement on an account."""
        for (partnership, tranche, attempt), payment in self._payments.items():
            yield from _of_payment(partnership, f"payment {tranche}/{attempt}", payment)
        for partnership, word in self._gifts:
            gift = self._proposals.get(partnership, {}).get("funds_in") or {}
            if gift.get("in_kind") is None:
                yield _booking(gift.get("funder", ""), "", partnership, "gift", word, word.amount)
        for partnership in dict.fromkeys(refund.partnership for refund in self._refunds):
            yield from self._refunded(partnership)

    def open_payments(self) -> Iterator[OpenPayment]:
        """Yield the payments that were released and did not end."""
        for (partnership, tranche, attempt), payment in sorted(self._payments.items()):
            if payment.has_release and not payment.is_over:
                of = f"partnership/{partnership}"
                name = f"{of}/tranche/{tranche}/attempt/{attempt}"
                yield OpenPayment(name, of, payment.account, payment.currency, payment.amount)

    def _payment(self, partnership: str, tranche: Any, attempt: Any) -> _Payment:
        return self._payments.setdefault((partnership, int(tranche), int(attempt)), _Payment())

    def _of_stream(self, place: list[str]) -> _Payment:
        partnership, _, tranche, _, attempt = place
        return self._payment(partnership, tranche, attempt)

    # The attempt's own stream

    def _ordered(self, place: list[str], content: Any) -> None:
        payment, order = self._of_stream(place), content["order"]
        payment.currency, payment.amount = money_of(order)
        payment.funder, payment.account = order["funder"]["funder_id"], order["funder"]["account"]
        payment.has_order = payment.has_release = True

    def _instructed(self, place: list[str], content: Any) -> None:
        self._of_stream(place).references.add(name_of(content["end_to_end_id"]))

    def _handed_over(self, place: list[str], content: Any) -> None:
        payment = self._of_stream(place)
        payment.is_at_the_bank = True
        # Of a NACHA file its bank may know the eight characters of the reference code alone.
        payment.references |= {name_of(content["message_id"]), name_of(content["message_id"][4:12])}

    def _never_sent(self, place: list[str], _content: Any) -> None:
        self._of_stream(place).is_at_the_bank = False

    def _taken_back(self, place: list[str], _content: Any) -> None:
        payment = self._of_stream(place)
        payment.is_over |= not payment.is_at_the_bank

    def _rejected(self, place: list[str], _content: Any) -> None:
        self._of_stream(place).is_over = True

    def _settled(self, place: list[str], content: Any) -> None:
        payment, answer = self._of_stream(place), content["answer"]
        payment.is_over = payment.has_payment = True
        payment.paid = payment.amount
        if answer["code"] == "BOOK":
            payment.out.append(word_of_booking(answer))

    def _short(self, place: list[str], content: Any) -> None:
        payment, answer = self._of_stream(place), content["answer"]
        payment.is_over = payment.has_payment = True
        payment.paid += money_of(answer)[1]
        payment.out.append(word_of_booking(answer))

    def _returned(self, place: list[str], content: Any) -> None:
        payment = self._of_stream(place)
        payment.is_over = True
        payment.back.append(word_of_booking(content["answer"]))
        payment.returned += money_of(content["answer"])[1]
        payment.return_ids.add(content["answer"].get("answer_id", ""))

    # The partnership's stream

    def _proposed(self, place: list[str], content: Any) -> None:
        self._proposals[place[0]] = content["proposal"]

    def _released(self, place: list[str], content: Any) -> None:
        payment = self._payment(place[0], content["tranche"], content["attempt"])
        payment.currency, payment.amount = money_of(content)
        payment.has_release = True

    def _ended(self, place: list[str], content: Any) -> None:
        self._payment(place[0], content["tranche"], content["attempt"]).is_over = True

    def _came_in(self, place: list[str], content: Any) -> None:
        answer = content.get("answer")
        self._gifts.append((place[0], word_of(answer) if answer else word_of_act(content)))

    def _resolved(self, place: list[str], content: Any) -> None:
        """Take an answer that people made count, as far as the attempt's own stream does not say it."""
        if not (answer := content.get("answer")):
            return
        if answer["status"] == "RECEIVED":
            self._gifts.append((place[0], word_of(answer)))
            return
        payment, word = self._payment(place[0], answer["tranche"], answer["attempt"]), word_of(answer)
        is_told = answer.get("answer_id") in payment.return_ids  # all of a part that was booked came back
        if answer["status"] == "RETURNED" and word.amount < payment.amount and not is_told:
            payment.back.append(word_of_booking(answer))
            payment.returned += word.amount
        if answer.get("figures"):
            return  # the attempt's own stream says what was booked of it, and whether that is all
        bank_sum = self._booked_sums.get(content["exception_id"])
        if answer["status"] == "SETTLED" and content["resolution"] == "booked-with-difference" and bank_sum:
            currency, amount = money_of({"money": bank_sum})
            payment.out[-1:] = [word._replace(currency=currency, amount=amount)]
            payment.has_payment = payment.is_over = True
            payment.paid = payment.amount

    def _refund_recorded(self, place: list[str], content: Any) -> None:
        currency, amount = money_of(content)
        names = frozenset(name_of(content[key]) for key in ("bank_reference", "detail") if content.get(key))
        word = BankWord(currency, amount, date.fromisoformat(content["booked_on"]), 0, names)
        self._refunds.append(
            _Refund(
                place[0], content["direction"], content.get("detail", ""), content["actor"], word,
                content.get("account") or "", _booked(content.get("booked"), word),
            )
        )  # fmt: skip

    def _refund_confirmed(self, place: list[str], content: Any) -> None:
        for refund in self._refunds_named(place, content):
            refund.has_two_signers |= refund.recorded_by != content["actor"]

    def _refund_withdrawn(self, place: list[str], content: Any) -> None:
        withdrawals = [refund for refund in self._refunds_named(place, content) if not refund.has_two_signers]
        self._refunds = [
            refund for refund in self._refunds if not any(refund is other_refund for other_refund in withdrawals)
        ]

    def _refunds_named(self, place: list[str], content: Any) -> list[_Refund]:
        name, detail = name_of(content["bank_reference"]), content.get("detail", "")
        return [
            refund for refund in self._refunds
            if refund.partnership == place[0] and name in refund.word.references and refund.detail == detail
        ]  # fmt: skip

    def _refunded(self, partnership: str) -> Iterator[Booking]:
        """Yield the refunds of a partnership. A grantee pays back no more than it still has of what was paid."""
        proposal, remainder = self._proposals.get(partnership, {}), self._kept(partnership)
        for refund in self._refunds:
            if refund.partnership != partnership:
                continue
            label = f"refund {' '.join(sorted(refund.word.references))}"
            if refund.direction != "FROM_GRANTEE":
                funder = (proposal.get("funds_in") or {}).get("funder", "")
                yield _booking(funder, refund.account, partnership, label, refund.word, -refund.word.amount)
            elif refund.has_two_signers and (amount := min(refund.word.amount, remainder)):
                remainder -= amount
                funder = (proposal.get("funds_out") or {}).get("funder", "")
                booked = refund.booked
                yield _booking(
                    funder,
                    refund.account,
                    partnership,
                    label,
                    booked or refund.word,
                    booked.amount if booked else amount,
                )

    def _kept(self, partnership: str) -> Decimal:
        """Return the sum of a partnership's payments that settled and did not come back through the bank."""
        payments = (payment for key, payment in self._payments.items() if key[0] == partnership)
        return sum((payment.paid - payment.returned for payment in payments if payment.has_payment), ZERO)

    # Other streams

    def _imported_file(self, _place: list[str], content: Any) -> None:
        self.file_digests.add(content["sha256"])

    def _exception_resolved(self, place: list[str], content: Any) -> None:
        if content.get("booked"):
            self._booked_sums[place[0]] = content["booked"]


_Reader = Callable[[EventFold, list[str], Any], None]

_READERS: Final[dict[tuple[str, str], _Reader]] = {
    ("attempt", "TrancheReleasedForPayment"): EventFold._ordered,
    ("attempt", "PaymentInstructed"): EventFold._instructed,
    ("attempt", "PaymentHandedOver"): EventFold._handed_over,
    ("attempt", "PaymentNeverSent"): EventFold._never_sent,
    ("attempt", "PaymentTakenBack"): EventFold._taken_back,
    ("attempt", "PaymentWithheld"): EventFold._taken_back,
    ("attempt", "PaymentRejected"): EventFold._rejected,
    ("attempt", "PaymentSettled"): EventFold._settled,
    ("attempt", "PaymentShort"): EventFold._short,
    ("attempt", "PaymentReturned"): EventFold._returned,
    ("partnership", "PartnershipProposed"): EventFold._proposed,
    ("partnership", "ProposalRevised"): EventFold._proposed,
    ("partnership", "ProposalAmended"): EventFold._proposed,
    ("partnership", "TrancheReleased"): EventFold._released,
    ("partnership", "TrancheEnded"): EventFold._ended,
    ("partnership", "TranchePaidShort"): EventFold._ended,
    ("partnership", "FundsReceived"): EventFold._came_in,
    ("partnership", "ContradictionResolved"): EventFold._resolved,
    ("partnership", "RefundRecorded"): EventFold._refund_recorded,
    ("partnership", "RefundConfirmed"): EventFold._refund_confirmed,
    ("partnership", "RefundWithdrawn"): EventFold._refund_withdrawn,
    ("bank-file", "BankFileImported"): EventFold._imported_file,
    ("exception", "ExceptionResolved"): EventFold._exception_resolved,
}
"""By kind of stream and type of event: what takes it."""

EVENT_TYPES: Final = frozenset(event_type for _, event_type in _READERS)
"""The types of event that the fold takes."""


def _booked(sum_: Any, word: BankWord) -> BankWord | None:
    """Return a refund as the bank booked it on the account, or None where nothing was exchanged."""
    return word._replace(currency=sum_["currency"], amount=Decimal(sum_["amount"])) if sum_ else None


def _of_payment(partnership: str, label: str, payment: _Payment) -> Iterator[Booking]:
    """Yield the movements of a payment. One that came back was booked before, whether or not the bank said so."""
    of = (payment.funder, payment.account, partnership, label)
    for word in payment.out:
        yield _booking(*of, word, -word.amount, payment.references)
    if payment.back and not payment.out:
        unsaid = payment.back[0]._replace(days_around=None, references=frozenset())
        yield _booking(*of, unsaid, -payment.amount)
    for word in payment.back:
        yield _booking(*of, word, word.amount, payment.references)


def _booking(
    funder: str, account: str, partnership: str, label: str, word: BankWord, amount: Decimal,
    references: set[str] | frozenset[str] = frozenset(),
) -> Booking:  # fmt: skip
    names = frozenset(word.references | references)
    return Booking(funder, account, word.currency, word.day, amount, partnership, label, names, word.days_around)
