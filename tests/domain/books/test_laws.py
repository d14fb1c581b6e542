"""Whatever happens to funds and partnerships in whatever order: what the book must always say of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule

from domain.books.entries import JournalEntry, PostingPlace, added, uneven_sums
from domain.books.events import PeriodCloseAsked, PeriodClosed
from domain.books.gifts import gift_sums
from domain.books.grants import grant_sums
from domain.books.periods import asking_fault, closes_of, within
from domain.books.statements import Book, fund_statement, trial_balance
from domain.directory.chart import Account, BookBasis, BookRules
from domain.funds import events as f
from domain.funds.fund import ZERO
from domain.partnership import events as e
from domain.payment.balance import end_of
from domain.streams import StreamId
from tests.builders import DIGEST, number
from tests.domain.books.keeping import Ledger, of_counter
from tests.domain.funds.test_laws import Money
from tests.thoroughness import draws

FUND_ACCOUNTS = {one for one in Account if one.value.startswith("FUND_")} | {Account.BROUGHT_IN, Account.NET_ASSETS}

RESTS_ON = (
    "stage", "proposal", "approvals", "quorum", "tranches", "shares", "refunds", "received", "ended_legs", "met",
    "reporting", "agreed_on",
)  # fmt: skip
"""The fields of a partnership that the book rests on: they are folded though other events are left out."""


class Books(Money):
    """The same people, funds and bank, with two journals that hear all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.ledgers = {basis: Ledger(basis) for basis in BookBasis}
        self.acts: list[object] = []
        """The acts by which periods were closed."""
        self.exports: dict[date, list[tuple[date, JournalEntry]]] = {}
        """By the last day of a closed period: what stood in it when it was closed."""

    def fund_hears(self, name: str, *events: f.AnyFundEvent) -> None:
        super().fund_hears(name, *events)
        for ledger in self.ledgers.values():
            ledger.take(StreamId.fund(name), *events)

    def partnership_hears(self, reference: str, events: tuple[e.Event, ...]) -> None:
        for ledger in self.ledgers.values():
            ledger.partnership(reference, events)

    @property
    def entries(self) -> list[JournalEntry]:
        return self.ledgers[BookBasis.ACCRUAL].entries

    @rule()
    def two_people_close_a_period(self) -> None:
        """A day passes, and all days before it are closed, if any is open, with what is on record of them."""
        self.now += timedelta(days=1)
        last_day = self.now.date() - timedelta(days=1)
        position = max(self.ledgers[BookBasis.ACCRUAL].position, 1)
        name, closes = f"close {last_day}", closes_of(self.acts)
        asked = of_counter(
            PeriodCloseAsked, "femi.ade", name, self.now, last_day=last_day, position=position, rules=BookRules(),
            form=1, sha256=DIGEST, reason="reconciled",
        )  # fmt: skip
        if asking_fault(closes, asked, self.now, position) is None:
            self.acts += [asked, of_counter(PeriodClosed, "dora.kim", f"2 {name}", self.now, close_id=number(name))]
            self.exports[last_day] = within(closes, self.entries, last_day, position)

    @invariant()
    def a_closed_period_stays_as_it_is_and_nothing_is_lost(self) -> None:
        closes = closes_of(self.acts)
        for last_day, export in self.exports.items():
            assert within(closes, self.entries, last_day) == export
        everything = within(closes, self.entries, self.now.date() + timedelta(days=400))
        closed = sum(map(len, self.exports.values()))
        assert closed + len(everything) == len(self.entries)

    @invariant()
    def every_entry_and_every_account_adds_up(self) -> None:
        for ledger in self.ledgers.values():
            assert all(not uneven_sums(entry.postings) for entry in ledger.entries)
            balance = trial_balance(Book(ledger.entries), self.now.date())
            assert sum((line.debit - line.credit for line in balance), ZERO) == 0

    @invariant()
    def the_postings_are_what_stands(self) -> None:
        """No event that is said to move nothing moved anything."""
        for basis, ledger in self.ledgers.items():
            journal = ledger.journal
            for reference, case in journal._cases.items():
                fresh = added(grant_sums(case.partnership, case.bookings, basis), gift_sums(case.partnership, basis))
                posted = _posted(
                    entry for entry in ledger.entries if entry.origin.stream.startswith(f"partnership/{reference}")
                )
                assert posted == {place: value for place, value in fresh.items() if value}
                story = self.stories[reference].partnership
                assert all(getattr(case.partnership, name) == getattr(story, name) for name in RESTS_ON)

    @invariant()
    def the_fund_statement_is_what_the_funds_say(self) -> None:
        today = self.now.date()
        statement = {line.fund: line for line in fund_statement(Book(self.entries), today)}
        for name, fund in self.funds.items():
            has, line = fund.balance(end_of(today, self.now.tzinfo)), statement.get(name)
            said = (line.granted, line.reserved, line.committed, line.spent) if line else (ZERO,) * 4
            assert said == (has.granted, has.reserved, has.committed, has.spent), name

    @invariant()
    def what_funds_have_committed_and_spent_is_the_expense(self) -> None:
        if self.behind or self.forced:
            return
        statement = {line.fund: line for line in fund_statement(Book(self.entries), self.now.date())}
        for name, line in statement.items():
            assert line.expense == line.committed + line.spent, name

    @invariant()
    def the_bank_account_is_what_the_bank_booked(self) -> None:
        spent = sum((story.partnership.spent for story in self.stories.values()), ZERO)
        for ledger in self.ledgers.values():
            banked = (
                posting.amount.value
                for entry in ledger.entries
                for posting in entry.postings
                if posting.place.account is Account.BANK
            )
            assert sum(banked, ZERO) == -spent


def _posted(entries: object) -> dict[PostingPlace, Decimal]:
    sums: dict[PostingPlace, Decimal] = {}
    for entry in entries:  # type: ignore[attr-defined]
        for posting in entry.postings:
            sums[posting.place] = sums.get(posting.place, ZERO) + posting.amount.value
    return {place: value for place, value in sums.items() if value}


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=draws(60), stateful_step_count=40, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
del Money
