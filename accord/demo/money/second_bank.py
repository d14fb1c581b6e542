"""The bank of the demo's private foundation, which exchanges, charges, takes fees and takes back as the other does not.

It is the bank of a trial (`deploy.embedded.trial_bank`), which forgets all when its process ends. So what it was told
is kept in a diary, and a demo that goes on in a folder tells it all of that again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from deploy.embedded.trial_bank.account_book import BankBooking, BankCharge, TrialAccount
from deploy.embedded.trial_bank.bank import AS_INSTRUCTED, BankTerms, TrialBank
from ledger import clock

CURRENCY: Final = "USD"
RATE: Final = Decimal("1.1230")
"""The bank's dollars for a euro. The reference rate of the sample's newest day is 1.1155: it is 0.67 % apart."""
CHARGE: Final = Decimal("12.50")
"""The bank's charge for a payment in another currency."""
FEE: Final = Decimal("25.00")
"""The fee that is taken of a payment that comes back."""
MONTHLY: Final = Decimal("18.00")
"""The bank's charge for keeping the account."""
_NOON: Final = "T12:00:00Z"
"""The time at which the bank of a trial says everything. Here it says it when it does."""
_EXCHANGED: Final = BankTerms(rate=RATE, charges=(BankCharge(CHARGE),), contract="FX-SAMPLE-1")


class Teller:
    """The acts of the bank on its one account, each told in words of text."""

    def __init__(self, bank: TrialBank, account: str) -> None:
        self.bank = bank
        self._account = account

    @property
    def bookings(self) -> list[BankBooking]:
        """The bookings on the account, the oldest first."""
        return self.bank.books[self._account].bookings

    def take(self, content: str) -> None:
        """Take a payment file (base64), and book its payments: those in another currency at the bank's rate."""
        for order in self.bank.take(base64.b64decode(content)):
            self.bank.book(order.end_to_end_id, AS_INSTRUCTED if order.currency == CURRENCY else _EXCHANGED)

    def receive(self, amount: str, remittance: str, payer: str) -> None:
        """Book money that came in."""
        self.bank.receive(self._account, Decimal(amount), remittance, (payer, "NL14MOCK0000000002"))

    def give_back(self, partnership_id: str) -> None:
        """Book the last payment of a partnership back, less a fee, for a reason that says nothing of its account."""
        self.bank.give_back(self._last(partnership_id).end_to_end_id, fee=FEE, code="MS03")

    def take_back(self, partnership_id: str) -> None:
        """Take a gift back, since its giver's bank asked for it."""
        self.bank.take_back(self._last(partnership_id))

    def close_day(self) -> None:
        """Charge for the account, and close the day."""
        self.bank.charge(self._account, MONTHLY, "Account keeping")
        self.bank.pass_day()

    def acts(self) -> Mapping[str, Callable[..., None]]:
        """Return the acts by their names in the diary."""
        return {act.__name__: act for act in (self.take, self.receive, self.give_back, self.take_back, self.close_day)}

    def _last(self, partnership_id: str) -> BankBooking:
        return next(booking for booking in reversed(self.bookings) if partnership_id in booking.remittance)


class SecondBank:
    """A bank with one account, whose days pass as ours, and which remembers what it was told."""

    def __init__(self, folder: Path, account: str, opening: str) -> None:
        """Open the account, as it stood at the end of yesterday, or go on where an earlier demo in the folder ended."""
        self._folder, self._account = folder, account
        self._diary = folder / "diary.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.loads(line) for line in self._diary.read_text("utf-8").splitlines()] if self._is_known else []
        first_day = date.fromisoformat(lines[0][0]) if lines else clock.today()
        bank = TrialBank(first_day - timedelta(days=1), "SECOND")
        bank.open(TrialAccount(account, CURRENCY, Decimal(opening)))
        self._teller = Teller(bank, account)
        for day, act, *words in lines:
            self._pass_days(date.fromisoformat(day))
            self._teller.acts()[act](*words)
        self._pass_days(clock.today())

    @property
    def _is_known(self) -> bool:
        return self._diary.exists()

    def keeps(self, content: bytes) -> bool:
        """True if a payment file is of the account here."""
        return f"<DbtrAcct><Id><IBAN>{self._account}<".encode() in b"".join(content.split())

    def tell(self, act: str, *words: str) -> BankBooking:
        """Have the bank do something (`Teller`), note it, and return the newest booking on the account."""
        self._pass_days(clock.today())
        with self._diary.open("a", encoding="utf-8") as diary:
            diary.write(json.dumps([str(clock.today()), act, *words]) + "\n")
        self._teller.acts()[act](*words)
        return self._teller.bookings[-1]

    def end_day(self) -> None:
        """Close today, unless an earlier demo did. The statement comes with the next messages."""
        if self._teller.bank.today <= clock.today():
            self.tell("close_day")

    def written(self) -> list[Path]:
        """Return the paths of all messages that were written down, in their order."""
        return sorted((self._folder / "in").glob("*.xml"))

    def collect(self) -> list[Path]:
        """Write the bank's new messages down, and return their paths in the order in which they were written.

        What an earlier demo in the folder wrote down stays as it is.
        """
        (incoming := self._folder / "in").mkdir(exist_ok=True)
        paths, now = [], clock.now()
        for message in self._teller.bank.collect():
            if (incoming / message.name).exists():
                continue
            content = message.content.replace(f"{now:%Y-%m-%d}{_NOON}".encode(), f"{now:%Y-%m-%dT%H:%M:%SZ}".encode())
            (path := incoming / message.name).write_bytes(content)
            paths.append(path)
        return paths

    def _pass_days(self, day: date) -> None:
        while self._teller.bank.today < day:
            self._teller.bank.pass_day()
