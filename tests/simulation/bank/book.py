"""The bank's book: what was handed in, what it made of it, and everything that it ever said."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import ElementTree as Defused

from tests.simulation.bank.messages import Entry, Status, notification, status_report
from tests.simulation.bank.words import CONTENT, HAS_IT, SILENT, Refusal
from tests.simulation.grounds.clock import VirtualClock

_NAMED: Final = re.compile(r"(P-\d{4}-\d{4,6}) tranche (\d+)")


class State(StrEnum):
    """The bank's state of a payment."""

    TAKEN = "TAKEN"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"


class Word(StrEnum):
    """A word that the bank may say."""

    ACCEPTED = "ACCEPTED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    RECEIVED = "RECEIVED"
    REVERSED = "REVERSED"
    """Money that came in is taken back."""
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
    paid_back: Decimal = Decimal(0)
    """What its payee paid back, in bookings of their own."""
    words: list[Word] = field(default_factory=list)
    """What the bank said of it, in order."""

    @property
    def partnership_id(self) -> str:
        """The partnership that it names."""
        return self._named[0]

    @property
    def tranche(self) -> int:
        """The planned payment that it names."""
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
    back: str = ""
    """The EndToEndId of the payment that its payee paid back by this booking, '' of any other."""

    booked: str = ""
    """What was booked in all, with its currency, where that is not the payment."""

    @property
    def reference(self) -> str:
        """The servicer's own reference of a booking, '' where it gave none, and of a status report."""
        return self.identity[1] if len(self.identity) == 3 and self.word in BOOKINGS else ""


BOOKINGS: Final = frozenset({Word.SETTLED, Word.RETURNED, Word.RECEIVED, Word.REVERSED})


@dataclass
class Received:
    """Money received on an account."""

    account: str
    amount: Decimal
    remittance: str
    reference: str
    stranger: bool = False
    """Whether it came on another account, or without words of a gift."""
    back: str = ""
    """The EndToEndId of the payment that its payee paid back by it, '' of a gift."""
    taken_back: int = 0
    """The number of what the bank said when it took it back, 0 while it did not."""

    @property
    def gift(self) -> str:
        """The partnership whose gift it is, by its own words, or '' of a payee's money, and of a stranger's."""
        words = self.remittance.removeprefix("gift ")
        return "" if self.stranger or self.back or words == self.remittance else words


class Bank:
    """A bank. It forgets nothing, and gives its word in files."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.payments: dict[str, Payment] = {}
        self.files: list[str] = []
        """The message ids of what was handed in, in order, as often as it was."""
        self.said: list[Said] = []
        self.received: list[Received] = []
        self.corrections: set[int] = set()
        """The numbers of what it said to put a mistake of its own right."""
        self.manner = HAS_IT
        """How it refuses the next copy of what it has."""

    def take(self, content: bytes) -> list[Payment]:
        """Take a pain.001 and return the payments that are new to the bank. Of the others it says that it has them."""
        root = Defused.fromstring(content)
        message_id = _text(root, ".//{*}GrpHdr/{*}MsgId")
        self.files.append(message_id)
        debtor = _text(root, ".//{*}DbtrAcct/{*}Id/{*}IBAN") or _text(root, ".//{*}DbtrAcct/{*}Id/{*}Othr/{*}Id")
        told = [_payment(one, message_id, debtor, self._clock.at) for one in root.findall(".//{*}CdtTrfTxInf")]
        new = [one for one in told if one.end_to_end_id not in self.payments]
        self._refuse_copies([one for one in told if one not in new], message_id)
        for number, one in enumerate(new, start=len(self.payments) + 1):
            one.number = number
        self.payments |= {one.end_to_end_id: one for one in new}
        return new

    def upload_again(self, message_id: str, manner: Refusal) -> list[Said]:
        """Refuse the second copy of a file that it has: of what the first one asks for, nothing changes."""
        self.manner = manner
        before = len(self.said)
        self._refuse_copies([one for one in self.payments.values() if one.message_id == message_id], message_id)
        return self.said[before:]

    def _refuse_copies(self, known: list[Payment], message_id: str) -> None:
        """Refuse each payment that it has already, or the file or batch in one."""
        manner, self.manner = self.manner, HAS_IT
        for one in known:
            self.payments[one.end_to_end_id].again += 1
        for one in known if manner.level == "payment" else known[:1]:
            about = dataclasses.replace(one, message_id=message_id, words=[])
            self._report(about, Word.KNOWN, "RJCT", manner)

    # What the bank does with a payment, and says.

    def accept(self, payment: Payment) -> Said:
        """Say of a payment: it is on its way."""
        return self._report(payment, Word.ACCEPTED, "ACSP")

    def settle(
        self, payment: Payment, reference: bool = True, on: date | None = None, total: str = "", charges: str = ""
    ) -> Said:
        """Book it. Told of an impossible day, the telling is an error.

        `total`: the whole sum that it books, with its currency, if not the payment's: with `charges`, or exchanged.
        """
        payment.by_mistake += payment.amount if payment.words.count(Word.REJECTED) or payment.booked else 0
        payment.booked += payment.amount
        payment.state = State.SETTLED
        more = {"total": total, "charges": charges}
        return self._notify(payment, Word.SETTLED, payment.amount, "DBIT", reference=reference, on=on, **more)

    def tell_rightly(self, payment: Payment) -> Said:
        """Tell of a booking that it dated wrongly before. Nothing is booked by that."""
        payment.words.remove(Word.SETTLED)
        return self._notify(payment, Word.SETTLED, payment.amount, "DBIT")

    def told_wrongly(self, payment: Payment) -> bool:
        """True if nobody can believe its word on a booking, beside others that it told rightly."""
        told = [one for one in self.said if (one.end_to_end_id, one.word) == (payment.end_to_end_id, Word.SETTLED)]
        booked = payment.state in {State.SETTLED, State.RETURNED}
        return booked and sum(not one.wrong for one in told) < payment.words.count(Word.SETTLED)

    def reject(self, payment: Payment, message_id: str = "", refusal: Refusal = CONTENT[0]) -> Said:
        """Refuse it. Said of a booked one, it is an error. Of a file or batch, refuse all that it holds still."""
        held = [payment] if refusal.level == "payment" else self._with(payment)
        for one in held:
            one.state = State.REJECTED if one.state is State.TAKEN else one.state
        said = self._report(payment, Word.REJECTED, "RJCT", refusal, message_id)
        for one in held:
            if one is not payment:
                one.words.append(Word.REJECTED)
        return said

    def _with(self, payment: Payment) -> list[Payment]:
        return [one for one in self.payments.values() if one.message_id == payment.message_id]

    def is_whole(self, payment: Payment) -> bool:
        """True if all payments of one file with this one are still held: then the file may be refused as one."""
        return all(one.state is State.TAKEN and not one.words for one in self._with(payment))

    def give_back(self, payment: Payment, amount: Decimal, reference: bool = True) -> Said:
        """Book it, or a part of it, back. A mistaken booking is put right first."""
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
        """Tell a booking once more, in another message. Nothing is booked."""
        return self._keep(said._replace(message_id=self._message_id(), error=True), again=said)

    def receive(
        self, account: str, amount: Decimal, currency: str, remittance: str, stranger: bool = False,
        payer: tuple[str, str] = ("", ""), back: str = "",
    ) -> Said:  # fmt: skip
        """Book money that came in, and tell of it. `back`: the payment of which its payee pays something back."""
        number = len(self.said) + 1
        came = Received(account, amount, remittance, f"SVC{number}", stranger, back)
        entry = Entry(account, amount, currency, "CRDT", self._clock.at.date(), "", came.reference, remittance)
        self.received.append(came)
        if back:
            self.payments[back].paid_back += amount
        return self._credit(came, Word.RECEIVED, entry._replace(debtor=payer), stranger)

    def take_back(self, came: Received, currency: str) -> Said:
        """Take back money that came in: the giver's bank asked for it."""
        entry = Entry(came.account, came.amount, currency, "DBIT", self._clock.at.date(), "", came.reference)
        entry = entry._replace(remittance=came.remittance, reversal=True)
        said = self._credit(came, Word.REVERSED, entry, False)
        came.taken_back = said.number
        return said

    def _credit(self, came: Received, word: Word, entry: Entry, stranger: bool) -> Said:
        message_id = self._message_id()
        content = notification(message_id, self._clock.at, entry)
        about = (came.amount, entry.currency, came.remittance)
        identity = (came.account, came.reference, entry.direction)
        return self._keep(Said(0, "", content, word, message_id, "", *about, stranger, identity, stranger, came.back))

    def _report(self, payment: Payment, word: Word, code: str, refusal: Refusal = SILENT, message_id: str = "") -> Said:
        message_id = message_id or self._message_id()
        status = Status(payment.end_to_end_id, code, refusal, payment.message_id)
        content = status_report(message_id, self._clock.at, status)
        whose = payment.end_to_end_id if refusal.level == "payment" else payment.message_id
        return self._speak(payment, word, message_id, content, payment.amount, (whose, code, str(refusal)))

    def _notify(
        self, payment: Payment, word: Word, amount: Decimal, direction: str, returned: str = "",
        reference: bool = True, on: date | None = None, total: str = "", charges: str = "",
    ) -> Said:  # fmt: skip
        message_id = self._message_id()
        own = f"SVC{len(self.said) + 1}" if reference else ""
        day = on or self._clock.at.date()
        told = payment.end_to_end_id
        entry = Entry(payment.debtor, amount, payment.currency, direction, day, told, own, "", returned, total, charges)
        content = notification(message_id, self._clock.at, entry)
        identity: tuple[str, ...] = (payment.debtor, own, direction) if own else (message_id,)
        said = self._speak(payment, word, message_id, content, amount, identity, booked=total)
        return said if on is None else self._wrong(said)

    def _speak(
        self, payment: Payment, word: Word, message_id: str, content: bytes, amount: Decimal, identity: tuple[str, ...],
        booked: str = "",
    ) -> Said:  # fmt: skip
        known = self.payments.get(payment.end_to_end_id, payment)
        error = _contradicts(known, word, amount)
        if word is not Word.KNOWN:
            known.words.append(word)
        about = (payment.end_to_end_id, amount, payment.currency, payment.remittance)
        return self._keep(
            Said(0, "", content, word, message_id, *about, error, identity, word is Word.KNOWN, booked=booked)
        )

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
    """True if the bank's word cannot be, after its earlier ones."""
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
