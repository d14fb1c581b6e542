"""The journal: a fold of the ledger's events, in the order of their positions, into entries that each add up to zero.

An entry is the difference that an event makes to where the money of its partnership, or of its fund, stands. So the
entries of any history add up to what stands at its end, however often something came, went and came again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain.books.clearing import StandingExchanges
from domain.books.costs import clearing_of, cost_of_figures, cost_of_return, cost_of_sum
from domain.books.entries import JournalEntry, Origin, PostingPlace, Sums, added, difference, utc_day
from domain.books.funding import KeptFunds
from domain.books.gifts import gift_sums
from domain.books.grants import grant_sums
from domain.books.moving import LOOKED_AT, MOVES
from domain.directory.chart import Account, BookBasis
from domain.directory.disregarded import Disregarded
from domain.partnership import events as e
from domain.partnership.evolution import evolve
from domain.partnership.refund.refunds import Refund
from domain.partnership.state import PAID_STATES, Partnership
from domain.payment.bank_answers import BankAnswer, BankStatus, Resolution
from domain.payment.bank_file import ExceptionResolved
from domain.payment.booked.figures import BookedFigures
from domain.payment.tranche.events import PaymentRejected, PaymentReturned, PaymentSettled, PaymentShort
from domain.screening.conversion import ReferenceRates
from domain.streams import AttemptNumber, StreamId
from domain.values import Money


class JournalStep(NamedTuple):
    """An event on its way into the journal: where it stands, and what it says."""

    position: int
    stream: StreamId
    event: Any


class _Word(NamedTuple):
    """The bank's word on a movement: the day on which it was booked, and the bank's reference."""

    on: date
    reference: str


class _Case:
    """A partnership as the journal knows it."""

    __slots__ = ("approved_on", "bookings", "costed", "exchanges", "extra", "partnership", "refunds", "sums", "words")

    def __init__(self, partnership_id: str) -> None:
        self.partnership = Partnership(partnership_id=partnership_id)
        self.approved_on = date.min
        """The newest day on which a sum of it stood as approved, before which no agreement makes it owed."""
        self.bookings: set[tuple[int, int]] = set()
        """The attempts to pay that the bank booked."""
        self.words: dict[tuple[int, int], _Word] = {}
        """The bank's newest word on each attempt."""
        self.extra: dict[PostingPlace, Any] = {}
        """The cost of bookings beyond the instructed sums."""
        self.costed: set[UUID] = set()
        """The bank's answers of which the cost is in it."""
        self.exchanges = StandingExchanges()
        self.refunds: set[str] = set()
        """The exchanged refunds of which the cost is in it, by name."""
        self.sums: Sums = {}


class Journal:
    """The fold. It is given each event once, in the order of the positions, and returns the entry that follows."""

    def __init__(self, basis: BookBasis) -> None:
        self.basis = basis
        self._cases: dict[str, _Case] = {}
        self._funds = KeptFunds()
        self._booked_sums: dict[str, Money] = {}
        """By exception: the sum that the bank booked, where it differs from the instructed one."""

    def take(self, step: JournalStep) -> JournalEntry | None:
        """Take the next event, and return its entry, or None if it changes no sum of the book."""
        event_type = type_of(step.event)
        if event_type not in LOOKED_AT:
            return None
        kind, _, name = step.stream.partition("/")
        reader = _READERS.get(kind)
        return reader(self, step, event_type, name) if reader is not None else None

    def correct_fund(self, fund_id: str, events: Iterable[Any], origin: Origin, on: date) -> JournalEntry | None:
        """Return the change of the book where a fund's events count otherwise than they did, or None if nothing does.

        `events`: all of that fund's up to now. `origin`, `on`: the event by which they count otherwise, and its day.
        """
        postings = difference({}, self._funds.retake(fund_id, events))
        return JournalEntry(origin, on, "", "signatures in the fund count no more", "", postings) if postings else None

    def _partnership(self, step: JournalStep, event_type: str, name: str) -> JournalEntry | None:
        place = step.stream.place
        case = self._case(name.partition("/")[0])
        if place is not None:
            _hear(case, place, step.event)
        elif step.stream.is_partnership:
            case.partnership = _without_evidence(evolve(case.partnership, step.event))
            self._resolve(case, step.event)
        return self._entry_of(case, step, event_type) if event_type in MOVES else None

    def _case(self, partnership_id: str) -> _Case:
        if (case := self._cases.get(partnership_id)) is None:
            case = self._cases[partnership_id] = _Case(partnership_id)
        return case

    def _resolve(self, case: _Case, event: Any) -> None:
        """Take note of a booking that people confirmed, and of what it cost beyond the instructed sum."""
        if isinstance(event, e.RefundConfirmed):
            return _take_refund(case, event)
        if not isinstance(event, e.ContradictionResolved) or event.answer is None:
            return None
        answer, has_difference = event.answer, event.resolution is Resolution.BOOKED_WITH_DIFFERENCE
        place = AttemptNumber(answer.tranche, answer.attempt)
        if answer.status is BankStatus.RETURNED:
            _take_cost(case, place, answer, None)
        if answer.status is not BankStatus.SETTLED or not (answer.is_booking or has_difference):
            return None
        progress = case.partnership.tranche(answer.tranche)
        if progress is not None and progress.state in PAID_STATES:
            case.bookings.add((progress.number, progress.attempt))
        booking = self._booked_sums.get(str(event.exception_id))
        out = case.partnership.proposal.funds_out if case.partnership.proposal is not None else None
        if has_difference and booking is not None and out is not None and answer.figures is None:
            case.extra = added(case.extra, cost_of_sum(out.funder, answer.money, booking))
            case.exchanges.add(place, answer.money, booking)
        return None

    def _entry_of(self, case: _Case, step: JournalStep, event_type: str) -> JournalEntry | None:
        partnership = case.partnership
        grant = grant_sums(partnership, case.bookings, self.basis)
        after = added(grant, gift_sums(partnership, self.basis), case.extra)
        postings, case.sums = difference(case.sums, after), after
        if not postings:
            return None
        word = _word_of(case, step)
        if any(posting.place.account is Account.APPROVED for posting in postings):
            case.approved_on = max(case.approved_on, word.on)
        origin = Origin(step.position, step.stream, event_type)
        return JournalEntry(origin, word.on, partnership.partnership_id, MOVES[event_type], word.reference, postings)

    def _fund(self, step: JournalStep, event_type: str, name: str) -> JournalEntry | None:
        postings = difference({}, self._funds.take(name, step.event))
        if not postings:
            return None
        origin, partnership = Origin(step.position, step.stream, event_type), getattr(step.event, "partnership", "")
        return JournalEntry(origin, utc_day(step.event.at), partnership, MOVES[event_type], "", postings)

    def _exception(self, step: JournalStep, event_type: str, name: str) -> JournalEntry | None:
        if isinstance(step.event, ExceptionResolved) and step.event.booked is not None:
            self._booked_sums[name] = step.event.booked
        return None


_READERS: dict[str, Callable[[Journal, JournalStep, str, str], JournalEntry | None]] = {
    "partnership": Journal._partnership,
    "fund": Journal._fund,
    "exception": Journal._exception,
}
"""By the first word of a stream's name: what reads its events."""


def _without_evidence(partnership: Partnership) -> Partnership:
    """Return a partnership without what registers said of its parties, which is a fifth of it and moves no money."""
    return partnership if partnership.verification is None else partnership.model_copy(update={"verification": None})


def type_of(event: Any) -> str:
    """Return the type that an event was recorded as."""
    return event.recorded if isinstance(event, Disregarded) else str(event.event_type)


def _hear(case: _Case, place: AttemptNumber, event: Any) -> None:
    """Take note of the bank's word on an attempt to pay."""
    if not isinstance(event, PaymentSettled | PaymentShort | PaymentReturned | PaymentRejected):
        return
    case.words[place] = _of_answer(event.answer)
    if isinstance(event, PaymentSettled | PaymentShort) and event.answer.is_booking:
        case.bookings.add(place)
    if isinstance(event, PaymentSettled | PaymentShort | PaymentReturned) and event.answer.is_booking:
        weighing = event.weighing if isinstance(event, PaymentSettled | PaymentShort) else None
        _take_cost(case, place, event.answer, weighing.reference if weighing is not None else None)


def _take_cost(case: _Case, place: AttemptNumber, answer: BankAnswer, reference: ReferenceRates | None) -> None:
    """Take the cost of a booking at the bank's own figures, once for each answer."""
    proposal = case.partnership.proposal
    out = proposal.funds_out if proposal is not None else None
    figures = answer.figures
    if figures is None or out is None or answer.answer_id in case.costed:
        return
    case.costed.add(answer.answer_id)
    if figures.is_return:
        cost = cost_of_return(out.funder, figures, case.exchanges.take_back(place, figures))
    else:
        clearing = Money(amount=clearing_of(figures, reference), currency=figures.booked_sum.currency)
        case.exchanges.add(place, answer.money, clearing)
        cost = cost_of_figures(out.funder, answer.money, figures, reference)
    case.extra = added(case.extra, cost)


def _take_refund(case: _Case, event: e.RefundConfirmed) -> None:
    """Take the cost of a refund that the bank exchanged, once two people signed it."""
    refund = next(iter(_named(case.partnership, event)), None)
    out = case.partnership.proposal.funds_out if case.partnership.proposal is not None else None
    if refund is None or out is None or refund.on_account.currency == refund.money.currency:
        return
    if not refund.confirmed_by or refund.name in case.refunds:
        return
    case.refunds.add(refund.name)
    figures = BookedFigures(instructed_sum=refund.money, booked_sum=refund.on_account, is_return=True)
    case.extra = added(case.extra, cost_of_return(out.funder, figures, case.exchanges.take_refund(figures)))


def _of_answer(answer: BankAnswer) -> _Word:
    return _Word(answer.booked_on or answer.said_at.date(), answer.bank_reference)


def _word_of(case: _Case, step: JournalStep) -> _Word:
    """Return the day of an entry, and the bank's reference: by the bank's word if there is one, else of the act."""
    event, act_day = step.event, _Word(utc_day(step.event.at), "")
    match event:
        case e.TrancheEnded(tranche=tranche, attempt=attempt) | e.TranchePaidShort(tranche=tranche, attempt=attempt):
            return case.words.get((tranche, attempt), act_day)
        case PaymentSettled():
            return _of_answer(event.answer)
        case e.FundsReceived(answer=BankAnswer() as answer) | e.ContradictionResolved(answer=BankAnswer() as answer):
            return _of_answer(answer)
        case e.RefundRecorded():
            return _Word(event.booked_on, event.bank_reference)
        case e.RefundConfirmed():
            return _of_refund(case.partnership, event) or act_day
        case e.AgreementSigned(signed_on=signed_on):
            return _Word(min(max(signed_on, case.approved_on), act_day.on), "")
        case _:
            return act_day


def _of_refund(partnership: Partnership, event: e.RefundConfirmed) -> _Word | None:
    refunds = _named(partnership, event)
    return next(
        (_Word(refund.booked_on, refund.bank_reference) for refund in refunds if refund.booked_on is not None), None
    )


def _named(partnership: Partnership, event: e.RefundConfirmed) -> Iterator[Refund]:
    """Yield the refund that an event names."""
    return (refund for refund in partnership.refunds if refund.is_named(event.bank_reference, event.detail))
