"""The bank's book: what was handed in, what it made of it, and everything that it ever said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import ElementTree as Defused

from tests.simulation.bank.messages import Entry, Status, notification, status_report
from tests.simulation.clock import VirtualClock

_NAMED: Final = re.compile(r"(P-\d{4}-\d{4,6}) tranche (\d+)")


class State(StrEnum):
    """What the bank made of a payment."""

    TAKEN = "TAKEN"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"


class Word(StrEnum):
    """What the bank may say."""

    ACCEPTED = "ACCEPTED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    RECEIVED = "RECEIVED"
    KNOWN = "KNOWN"
    """It has this payment already."""


@dataclass
class Payment:
    """A payment that was handed in, as the bank's book holds it."""

    end_to_end_id: str
    message_id: str
    amount: Decimal
    currency: str
    debtor: str
    creditor: str
    remittance: str
    taken_at: datetime
    number: int = 0
    """Its place among all that the bank ever took."""
    again: int = 0
    """How often it was handed in again."""
    state: State = State.TAKEN
    booked: Decimal = Decimal(0)
    by_mistake: Decimal = Decimal(0)
    """Booked by an error of the bank's own, or in spite of its word that it would not be."""
    returned: Decimal = Decimal(0)
    words: list[Word] = field(default_factory=list)
    """What the bank said of it, in order."""

    @property
    def partnership_id(self) -> str:
        """For whom it says that it is."""
        return self._named[0]

    @property
    def tranche(self) -> int:
        """For which planned payment it says that it is."""
        return int(self._named[1])

    @property
    def _named(self) -> tuple[str, str]:
        found = _NAMED.search(self.remittance)
        return (found[1], found[2]) if found else ("", "0")


class Said(NamedTuple):
    """A file of the bank's, and what is in it."""

    number: int
    name: str
    content: bytes
    word: Word
    message_id: str
    end_to_end_id: str
    amount: Decimal
    currency: str
    remittance: str
    error: bool
    """Whether it is wrong, or somebody else's."""
    identity: tuple[str, ...] = ()
    """By what it can be told from everything else that the bank says: the same, told again, says nothing new."""
    wrong: bool = False
    """Whether nobody may believe it: then a person must look, whatever was said before."""


class Received(NamedTuple):
    """Money that came in on an account."""

    account: str
    amount: Decimal
    remittance: str


class Bank:
    """A bank; it forgets nothing, and gives its word in files."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.payments: dict[str, Payment] = {}
        self.files: list[str] = []
        """The message ids of what was handed in, in order, as often as it was."""
        self.said: list[Said] = []
        self.received: list[Received] = []
        self.corrections: set[int] = set()
        """The numbers of what it said to put a mistake of its own right."""

    def take(self, content: bytes) -> list[Payment]:
        """Take a pain.001 and return the payments that are new to the bank; of the others it says that it has them."""
        root = Defused.fromstring(content)
        message_id = _text(root, ".//{*}GrpHdr/{*}MsgId")
        self.files.append(message_id)
        debtor = _text(root, ".//{*}DbtrAcct/{*}Id/{*}IBAN") or _text(root, ".//{*}DbtrAcct/{*}Id/{*}Othr/{*}Id")
        told = [_payment(one, message_id, debtor, self._clock.at) for one in root.findall(".//{*}CdtTrfTxInf")]
        new = [one for one in told if one.end_to_end_id not in self.payments]
        for one in told:
            if one not in new:
                self.payments[one.end_to_end_id].again += 1
                self._report(one, Word.KNOWN, "RJCT", "AM05")
        for number, one in enumerate(new, start=len(self.payments) + 1):
            one.number = number
        self.payments |= {one.end_to_end_id: one for one in new}
        return new

    # What the bank does with a payment, and says.

    def accept(self, payment: Payment) -> Said:
        """Say that it is on its way."""
        return self._report(payment, Word.ACCEPTED, "ACSP")

    def settle(self, payment: Payment, reference: bool = True, on: date | None = None) -> Said:
        """Book it; told of a day that cannot be, the telling is an error."""
        payment.by_mistake += payment.amount if payment.words.count(Word.REJECTED) or payment.booked else 0
        payment.booked += payment.amount
        payment.state = State.SETTLED
        return self._notify(payment, Word.SETTLED, payment.amount, "DBIT", reference=reference, on=on)

    def tell_rightly(self, payment: Payment) -> Said:
        """Tell of a booking that it dated wrongly before; nothing is booked by that."""
        payment.words.remove(Word.SETTLED)
        return self._notify(payment, Word.SETTLED, payment.amount, "DBIT")

    def told_wrongly(self, payment: Payment) -> bool:
        """Whether nobody can believe anything that it said of a booking."""
        told = [one for one in self.said if (one.end_to_end_id, one.word) == (payment.end_to_end_id, Word.SETTLED)]
        booked = payment.state in {State.SETTLED, State.RETURNED}
        return booked and bool(told) and all(one.wrong for one in told)

    def reject(self, payment: Payment, message_id: str = "") -> Said:
        """Refuse it; said of one that is booked, it is an error."""
        if payment.state is State.TAKEN:
            payment.state = State.REJECTED
        return self._report(payment, Word.REJECTED, "RJCT", "BE04", message_id)

    def give_back(self, payment: Payment, amount: Decimal, reference: bool = True) -> Said:
        """Book it, or a part of it, back; what was booked by mistake is put right first."""
        mistake = min(amount, payment.by_mistake)
        payment.by_mistake -= mistake
        payment.booked -= mistake
        payment.returned += amount - mistake
        if payment.returned >= payment.booked:
            payment.state = State.RETURNED
        said = self._notify(payment, Word.RETURNED, amount, "CRDT", "MS03", reference)
        if mistake:
            self.corrections.add(said.number)
        return said

    def repeat(self, said: Said) -> Said:
        """Tell a booking once more, in another message; nothing is booked."""
        return self._keep(said._replace(message_id=self._message_id(), error=True), again=said)

    def receive(self, account: str, amount: Decimal, currency: str, remittance: str, stranger: bool = False) -> Said:
        """Book money that came in, and tell of it."""
        number = len(self.said) + 1
        entry = Entry(account, amount, currency, "CRDT", self._clock.at.date(), "", f"SVC{number}", remittance)
        message_id = self._message_id()
        content = notification(message_id, self._clock.at, entry)
        said = Said(
            number, "", content, Word.RECEIVED, message_id, "", amount, currency, remittance, stranger,
            (account, f"SVC{number}"), stranger,
        )  # fmt: skip
        self.received.append(Received(account, amount, remittance))
        return self._keep(said)

    def _report(self, payment: Payment, word: Word, code: str, reason: str = "", message_id: str = "") -> Said:
        message_id = message_id or self._message_id()
        status = Status(payment.end_to_end_id, code, reason, payment.message_id)
        content = status_report(message_id, self._clock.at, status)
        return self._speak(payment, word, message_id, content, payment.amount, (payment.end_to_end_id, code, reason))

    def _notify(
        self, payment: Payment, word: Word, amount: Decimal, direction: str, returned: str = "",
        reference: bool = True, on: date | None = None,
    ) -> Said:  # fmt: skip
        message_id = self._message_id()
        own = f"SVC{len(self.said) + 1}" if reference else ""
        day = on or self._clock.at.date()
        told = payment.end_to_end_id
        entry = Entry(payment.debtor, amount, payment.currency, direction, day, told, own, "", returned)
        content = notification(message_id, self._clock.at, entry)
        identity = (payment.debtor, own, direction) if own else (message_id,)
        said = self._speak(payment, word, message_id, content, amount, identity)
        return said if on is None else self._wrong(said)

    def _speak(
        self, payment: Payment, word: Word, message_id: str, content: bytes, amount: Decimal, identity: tuple[str, ...]
    ) -> Said:
        known = self.payments.get(payment.end_to_end_id, payment)
        error = _contradicts(known, word, amount)
        if word is not Word.KNOWN:
            known.words.append(word)
        about = (payment.end_to_end_id, amount, payment.currency, payment.remittance)
        return self._keep(Said(0, "", content, word, message_id, *about, error, identity, word is Word.KNOWN))

    def _wrong(self, said: Said) -> Said:
        self.said[-1] = said._replace(wrong=True, error=True)
        return self.said[-1]

    def _keep(self, said: Said, again: Said | None = None) -> Said:
        number = len(self.said) + 1
        content = said.content
        if again is not None:
            content = content.replace(f"<MsgId>{again.message_id}<".encode(), f"<MsgId>{said.message_id}<".encode())
        kept = said._replace(number=number, name=f"bank-{number:04}.xml", content=content)
        self.said.append(kept)
        return kept

    def _message_id(self) -> str:
        return f"BANK-{len(self.said) + 1:05}"


def _contradicts(payment: Payment, word: Word, amount: Decimal) -> bool:
    """Whether what the bank says cannot be, after what it said before."""
    before = payment.words
    match word:
        case Word.KNOWN:
            return True
        case Word.ACCEPTED:
            return not {Word.SETTLED, Word.REJECTED, Word.RETURNED}.isdisjoint(before)
        case Word.SETTLED | Word.REJECTED:
            return not {Word.SETTLED, Word.REJECTED, Word.RETURNED}.isdisjoint(before)
        case _:
            return amount != payment.amount or Word.SETTLED not in before or Word.RETURNED in before


def _payment(element: Element, message_id: str, debtor: str, at: datetime) -> Payment:
    amount = element.find(".//{*}InstdAmt")
    if amount is None:
        raise ValueError("a payment without an amount")
    return Payment(
        end_to_end_id=_text(element, ".//{*}EndToEndId"),
        message_id=message_id,
        amount=Decimal(amount.text or ""),
        currency=amount.get("Ccy", ""),
        debtor=debtor,
        creditor=_text(element, "{*}CdtrAcct/{*}Id/{*}IBAN") or _text(element, "{*}CdtrAcct/{*}Id/{*}Othr/{*}Id"),
        remittance=_text(element, ".//{*}Ustrd"),
        taken_at=at,
    )


def _text(element: Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else (found.text or "").strip()
