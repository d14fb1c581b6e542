"""The bank's book: what was handed in, what it made of it, and everything that it ever said."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from deploy.embedded.trial_bank.account_book import (
    AccountBook,
    BankBooking,
    DayStatement,
    StatementForm,
    TrialAccount,
)
from deploy.embedded.trial_bank.bank import AS_INSTRUCTED, BankTerms, booking_of, return_of, reversal_of
from deploy.embedded.trial_bank.orders import read_orders
from deploy.embedded.trial_bank.writing.ach_return import ach_return
from deploy.embedded.trial_bank.writing.bai2 import bai2_statement
from deploy.embedded.trial_bank.writing.iso20022 import notification, statement
from tests.simulation.bank.messages import Status, status_report
from tests.simulation.bank.records import Payment, Received, Said, State, Word
from tests.simulation.bank.words import CONTENT, HAS_IT, SILENT, Refusal
from tests.simulation.grounds.clock import BEGINNING, VirtualClock

OURS: Final = "NL23MOCK0000001101"
"""The public charity's own account, which pays and receives."""
FOUNDATIONS: Final = "NL66MOCK0000001103"
"""The private foundation's."""
BY_ACH: Final = "0001101003"
"""The supporting organisation's, which pays by ACH. Its statements are BAI2."""
ORIGINATOR: Final = "1541650477"
OPENING: Final = Decimal("100000.00")
NOBODY: Final = ("", "")
CENT: Final = Decimal("0.01")
A_DAY: Final = timedelta(days=1)
USUAL_RATE: Final = Decimal("1.12")
"""How many dollars it takes for a euro, near to the sample's reference rates."""


class WayBack(NamedTuple):
    """The exchange of what comes back: its rate, or that of the booking, and whether the bank tells it."""

    rate: Decimal | None = None
    is_told: bool = False


SILENTLY: Final = WayBack()


class Bank:
    """A bank. It forgets nothing, and gives its word in files."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.payments: dict[str, Payment] = {}
        self.files: list[str] = []
        """The message ids of what was handed in, in order, as often as it was."""
        self.said: list[Said] = []
        self.received: list[Received] = []
        self.told_again: set[int] = set()
        """What tells a booking rightly that was told wrongly before: nothing was booked by it."""
        self.corrections: set[int] = set()
        """The numbers of what it said to put a mistake of its own right."""
        self.manner = HAS_IT
        """How it refuses the next copy of what it has."""
        by_ach = TrialAccount(BY_ACH, "USD", OPENING, StatementForm.BAI2, ORIGINATOR)
        opened = [*(TrialAccount(number, "USD", OPENING) for number in (OURS, FOUNDATIONS)), by_ach]
        self.accounts = {one.number: AccountBook(one) for one in opened}
        """The organisation's own accounts. On any other one it books what nobody here asks about."""
        for book in self.accounts.values():
            book.close(BEGINNING.date() - A_DAY)
        self.names: dict[str, str] = {}
        """The whole message ids of files that name themselves by eight signs of theirs (NACHA), by these."""
        self._entered = 0
        self.left_out: list[DayStatement] = []
        """The statements that it made and did not send."""

    def take(self, content: bytes) -> list[Payment]:
        """Take a payment file and return the payments that are new to it. Of the others it says that it has them."""
        originators = {book.account.originator: number for number, book in self.accounts.items()}
        told = [Payment(one, one.message_id, self._clock.at) for one in read_orders(content, originators)]
        self.files.append(told[0].message_id)
        new = [one for one in told if one.end_to_end_id not in self.payments]
        self._refuse_copies([one for one in told if one not in new], told[0].message_id)
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
        self, payment: Payment, reference: bool = True, on: date | None = None, terms: BankTerms = AS_INSTRUCTED,
        times: int = 1,
    ) -> Said:  # fmt: skip
        """Book it, or a part of it, at some terms. Told of an impossible day, or so many times over, it is an error."""
        part = payment.amount if terms.amount is None else terms.amount
        payment.by_mistake += part if payment.words.count(Word.REJECTED) or payment.booked else 0
        payment.booked += part
        payment.state = State.SETTLED
        account = self.accounts[payment.debtor].account
        booking = self._enter(booking_of(payment.order, self._priced(payment, terms), account, self._today))
        payment.bookings.append(booking)
        return self._notify(payment, Word.SETTLED, part, booking, reference, on, times)

    def _priced(self, payment: Payment, terms: BankTerms) -> BankTerms:
        """Return the terms with the rate of the day, where the bank was told none and must exchange."""
        foreign = payment.currency != self.accounts[payment.debtor].account.currency
        return terms._replace(rate=USUAL_RATE) if foreign and terms.rate is None else terms

    def tell_rightly(self, payment: Payment) -> Said:
        """Tell of a booking that it dated wrongly before. Nothing is booked by that."""
        payment.words.remove(Word.SETTLED)
        booking = next(one for one in payment.bookings if not one.is_credit)
        said = self._notify(payment, Word.SETTLED, payment.amount, booking)
        self.told_again.add(said.number)
        return said

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

    def give_back(
        self, payment: Payment, amount: Decimal, reference: bool = True, fee: Decimal = Decimal(0),
        exchange: WayBack = SILENTLY,
    ) -> Said:  # fmt: skip
        """Book it, or a part of it, back, less a fee that it names: all of `amount` is back.

        A mistaken booking is put right first. What was exchanged is exchanged again.
        """
        mistake = min(amount, payment.by_mistake)
        payment.by_mistake -= mistake
        payment.booked -= mistake
        booked = next(one for one in payment.bookings if not one.is_credit)
        payment.returned += amount - mistake
        if payment.returned >= payment.booked:
            payment.state = State.RETURNED
        booking = self._enter(self._returned(payment, booked, amount, fee, exchange))
        payment.bookings.append(booking)
        said = self._notify(payment, Word.RETURNED, amount, booking, reference)
        if mistake:
            self.corrections.add(said.number)
        return said

    def _returned(
        self, payment: Payment, booked: BankBooking, amount: Decimal, fee: Decimal, exchange: WayBack
    ) -> BankBooking:
        """Return the booking of a return, with the exchange of the way back if the bank tells it."""
        if booked.exchange is None:
            return return_of(booked, amount, fee, "MS03", self._today)
        rate = exchange.rate or booked.exchange.rate
        whole = (amount * rate).quantize(CENT)
        booking = return_of(booked, whole, fee, "MS03", self._today)
        if not exchange.is_told:
            return booking
        told = booked.exchange._replace(rate=rate, quoted_on=self._today)
        return booking._replace(instructed=(amount, payment.currency), exchange=told)

    def repeat(self, said: Said) -> Said:
        """Tell a booking once more, in another message. Nothing is booked."""
        return self._keep(said._replace(message_id=self._message_id(), error=True), again=said)

    def receive(
        self, account: str, amount: Decimal, currency: str, remittance: str, stranger: bool = False,
        payer: tuple[str, str] = NOBODY, back: str = "",
    ) -> Said:  # fmt: skip
        """Book money that came in, and tell of it. `back`: the payment of which its payee pays something back."""
        booking = BankBooking(account, amount, currency, is_credit=True, booked_on=self._today, remittance=remittance)
        booking = self._enter(booking._replace(party=payer))
        came = Received(account, amount, remittance, booking.reference, stranger, back)
        self.received.append(came)
        if back:
            self.payments[back].paid_back += amount
        return self._credit(came, Word.RECEIVED, booking, stranger)

    def take_back(self, came: Received, currency: str) -> Said:
        """Take back money that came in: the giver's bank asked for it."""
        booked = BankBooking(came.account, came.amount, currency, is_credit=True, booked_on=self._today)
        reversal = reversal_of(booked._replace(remittance=came.remittance), self._today)
        said = self._credit(came, Word.REVERSED, self._enter(reversal, came.reference), False)
        came.taken_back = said.number
        return said

    # Its own charges, and the statements of its accounts.

    def charge(self, account: str, amount: Decimal) -> BankBooking:
        """Book a charge of its own. The statement of the day alone tells of it."""
        book = self.accounts[account]
        booking = BankBooking(account, amount, book.account.currency, is_credit=False, booked_on=self._today)
        return self._enter(booking._replace(remittance="Account fee", is_bank_charge=True))

    def close_days(self) -> list[DayStatement]:
        """Close each account up to yesterday: a statement of each day with bookings, or one of all that had none."""
        yesterday, made = self._today - A_DAY, list[DayStatement]()
        for book in self.accounts.values():
            days = {one.booked_on for one in book.unstated if one.booked_on <= yesterday}
            made += [book.close(day) for day in sorted(days)]
            if book.statements[-1].closed_on < yesterday:
                made.append(book.close(yesterday))
        self.left_out += made
        return made

    def state(self, made: DayStatement) -> Said:
        """Send a statement: for the first time, late, or once more."""
        if made in self.left_out:
            self.left_out.remove(made)
        message_id, account = self._message_id(), made.account
        if account.form is StatementForm.BAI2:
            content = bai2_statement(made, len(self.said) + 1)
        else:
            content = statement(message_id, self._clock.at, made)
        identity = (account.number, f"{made.number}", "stated")
        about = (Decimal(0), account.currency, f"statement {made.number} of {made.closed_on}")
        return self._keep(Said(0, "", content, Word.STATED, message_id, "", *about, False, identity, stated=made))

    def stated(self) -> Iterator[DayStatement]:
        """Return the statements that it sent, once each."""
        return iter(dict.fromkeys(one.stated for one in self.said if one.stated is not None))

    # Its messages.

    @property
    def _today(self) -> date:
        return self._clock.at.date()

    def _enter(self, booking: BankBooking, reference: str = "") -> BankBooking:
        """Book on an account of the organisation, if it is one, under a reference that no other booking has."""
        self._entered += 1
        booking = booking._replace(reference=reference or f"SVC{self._entered}")
        if booking.account in self.accounts:
            self.accounts[booking.account].book(booking)
        return booking

    def _credit(self, came: Received, word: Word, booking: BankBooking, stranger: bool) -> Said:
        message_id = self._message_id()
        content = notification(message_id, self._clock.at, booking)
        about = (came.amount, booking.currency, came.remittance)
        identity = (came.account, came.reference, "CRDT" if booking.is_credit else "DBIT")
        said = Said(0, "", content, word, message_id, "", *about, stranger, identity, stranger, came.back)
        return self._keep(said._replace(booking=booking))

    def _report(self, payment: Payment, word: Word, code: str, refusal: Refusal = SILENT, message_id: str = "") -> Said:
        message_id = message_id or self._message_id()
        if payment.order.short_name and word is Word.REJECTED:
            content = ach_return(payment.order, ORIGINATOR, "R03", self._today, len(self.said) + 1)
        else:
            status = Status(payment.end_to_end_id, code, refusal, payment.message_id)
            content = status_report(message_id, self._clock.at, status)
        whose = payment.end_to_end_id if refusal.level == "payment" else payment.message_id
        return self._speak(payment, word, message_id, content, payment.amount, (whose, code, str(refusal)))

    def _notify(
        self, payment: Payment, word: Word, amount: Decimal, booking: BankBooking, reference: bool = True,
        on: date | None = None, times: int = 1,
    ) -> Said:  # fmt: skip
        """Tell of a booking, under its reference or without. `on`: the day that it is told of, if another."""
        message_id = self._message_id()
        told = booking._replace(reference=booking.reference if reference else "", booked_on=on or booking.booked_on)
        told = told._replace(amount=told.amount * times, charges=() if times > 1 else told.charges)
        content = notification(message_id, self._clock.at, told)
        direction = "CRDT" if booking.is_credit else "DBIT"
        identity = (payment.debtor, booking.reference, direction) if reference else (message_id,)
        said = self._speak(payment, word, message_id, content, amount, identity, booking)
        return said if on is None and times == 1 else self._wrong(said)

    def _speak(
        self, payment: Payment, word: Word, message_id: str, content: bytes, amount: Decimal, identity: tuple[str, ...],
        booking: BankBooking | None = None,
    ) -> Said:  # fmt: skip
        known = self.payments.get(payment.end_to_end_id, payment)
        error = _contradicts(known, word, amount)
        if word is not Word.KNOWN:
            known.words.append(word)
        about = (payment.end_to_end_id, amount, payment.currency, payment.remittance)
        said = Said(0, "", content, word, message_id, *about, error, identity, word is Word.KNOWN)
        return self._keep(said._replace(booking=booking))

    def _wrong(self, said: Said) -> Said:
        self.said[-1] = said._replace(wrong=True, error=True)
        return self.said[-1]

    def _keep(self, said: Said, again: Said | None = None) -> Said:
        number = len(self.said) + 1
        content = said.content
        if again is not None:
            content = content.replace(f"<MsgId>{again.message_id}<".encode(), f"<MsgId>{said.message_id}<".encode())
        kept = said._replace(number=number, name=f"bank-{number:04}.{_ending(content)}", content=content)
        self.said.append(kept)
        return kept

    def _message_id(self) -> str:
        return f"BANK-{len(self.said) + 1:05}"


def _ending(content: bytes) -> str:
    return "xml" if content.startswith(b"<") else "txt"


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
