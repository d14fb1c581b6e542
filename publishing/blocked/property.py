"""Property that is blocked, by what the ledger knows: gifts of blocked donors, and money that senders sent.

Sources: 31 CFR 501.603(a) and (b) (reports of blocked property), 501.604 (rejected transactions), rules 4.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.money.amounts import ZERO
from domain.parties import Party, PartyKind
from domain.partnership.evolution import evolve
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.state import Partnership
from domain.partnership.waiting.owed_papers import DUE
from domain.payment.bank_answers import Resolution
from domain.payment.bank_file import BankException, ExceptionResolved
from domain.policy.conditions import ConditionId
from domain.policy.programmes import blocked, programmes_of
from domain.screening.matches import SanctionsMatch
from publishing.cases import Occurrence
from publishing.figures import EventSum, SumPart
from publishing.texts import NamedPeople


class PropertyKind(StrEnum):
    """A kind of property in which a listed one has an interest."""

    IN_BLOCKED_ACCOUNT = "IN_BLOCKED_ACCOUNT"
    """Money of a donor or a sender that was moved into a blocked account."""
    HELD = "HELD"
    """Money of a blocked donor that is still among ours."""
    PROMISED = "PROMISED"
    """Agreed and not paid to a payee who is blocked. Whether that is blocked property is for counsel to say."""


class BlockedItem(NamedTuple):
    """A sum in which a listed one has an interest, as the ledger knows it."""

    kind: PropertyKind
    about: str
    """The partnership, or the bank's exception."""
    funder: str
    """The funder that holds it, or '' where the ledger does not say."""
    owner: str | None
    """The listed one's name, unless it is a natural person's, or nobody recorded it."""
    listings: tuple[SanctionsMatch, ...]
    figure: EventSum
    since: date
    reported: bool
    """True if the report within ten business days is on file. Of a sender Accord keeps none."""

    @property
    def first_report_due(self) -> date:
        """The last day of the report within ten business days (31 CFR 501.603(b)(1))."""
        return DUE[ConditionId.SANCTIONS_REPORT](self.since)


def items_of(reference: str, occurrences: Sequence[Occurrence], true_at: datetime) -> tuple[BlockedItem, ...]:
    """Return the blocked property of a partnership at a time.

    `occurrences`: its events in order. What it was found to be on a list counts from the newest look up to that time.
    """
    partnership, kept_money, moved_money = Partnership(partnership_id=reference), list[SumPart](), list[SumPart]()
    agreed_at, moved_on = 0, true_at.date()
    for position, _, event in occurrences:
        if event.at > true_at:
            continue
        before, partnership = partnership, evolve(partnership, event)
        agreed_at = agreed_at or (position if partnership.is_lasting else 0)
        if partnership.proposal is None or before.proposal is None:
            continue
        kept_money += _change(position, partnership.kept - before.kept)
        into_account = _change(position, _in_account(partnership) - _in_account(before))
        moved_on = event.at.date() if into_account and not moved_money else moved_on
        moved_money += into_account
    items_found = _Found(partnership, NamedPeople(partnership)) if partnership.proposal is not None else None
    return () if items_found is None else tuple(items_found.items(kept_money, moved_money, moved_on, agreed_at))


class _Found(NamedTuple):
    partnership: Partnership
    people: NamedPeople

    def items(
        self, kept_money: Sequence[SumPart], moved_money: Sequence[SumPart], moved_on: date, agreed_at: int
    ) -> Iterator[BlockedItem]:
        """Yield blocked property: moved, still among ours, and promised."""
        partnership, proposal = self.partnership, self.partnership.proposed
        gift, out = proposal.funds_in, proposal.funds_out
        if gift is not None and _in_account(partnership):
            figure = EventSum(gift.money.currency, tuple(moved_money))
            yield self._item(PropertyKind.IN_BLOCKED_ACCOUNT, gift.funder, gift.donor, figure, moved_on)
        if gift is not None and partnership.to_block:
            figure = EventSum(gift.money.currency, tuple(kept_money))
            yield self._item(PropertyKind.HELD, gift.funder, gift.donor, figure, self._found_on(moved_on))
        unpaid = partnership.committed - partnership.paid_or_in_flight if partnership.is_lasting else ZERO
        if out is not None and unpaid > 0 and blocked(out.payee, self._matches):
            figure = EventSum(out.currency, (SumPart(agreed_at, unpaid),))
            yield self._item(PropertyKind.PROMISED, out.funder, out.payee, figure, self._found_on(moved_on))

    @property
    def _matches(self) -> tuple[SanctionsMatch, ...]:
        verification = self.partnership.verification
        return verification.screening.matches if verification is not None else ()

    def _found_on(self, otherwise: date) -> date:
        """Return the day on which a listed party was found, or on which money came in after that."""
        found_on = dict(self.partnership.asked_on).get(ConditionId.SANCTIONS_REPORT, otherwise)
        return max(found_on, self.partnership.received_on or found_on)

    def _item(self, kind: PropertyKind, funder: str, owner: Party, figure: EventSum, since: date) -> BlockedItem:
        name = None if owner.kind is PartyKind.INDIVIDUAL else self.people.public(owner.name)
        reported = ConditionId.SANCTIONS_REPORT in self.partnership.met
        reference = self.partnership.partnership_id
        return BlockedItem(kind, reference, funder, name, blocked(owner, self._matches), figure, since, reported)


def items_of_senders(exceptions: Iterable[tuple[str, BankException, int]], true_at: datetime) -> Iterator[BlockedItem]:
    """Yield the sums that senders sent and that lie in a blocked account, by the word of who resolved the exception.

    `exceptions`: the name of each, its state, and the position of the event that resolved it.
    """
    for name, exception, position in exceptions:
        resolutions, answer = exception.standing, exception.raised.answer
        if resolutions is None or answer is None or answer.money is None or not _is_blocked(resolutions, true_at):
            continue
        figure = EventSum(answer.money.currency, (SumPart(position, answer.money.amount),))
        kind = PropertyKind.IN_BLOCKED_ACCOUNT
        yield BlockedItem(kind, name, "", None, (), figure, resolutions.at.date(), reported=False)


def _is_blocked(resolutions: ExceptionResolved, true_at: datetime) -> bool:
    return resolutions.resolution is Resolution.BLOCKED_ACCOUNT and resolutions.at <= true_at


def listing_words(item: BlockedItem) -> str | None:
    """Return the lists, the numbers of the entries and their programmes, or None if nobody recorded any."""
    words = (
        f"{match.source.register_version.register_name} {match.entity} ({', '.join(programmes_of(match))})"
        for match in item.listings
    )
    return "; ".join(dict.fromkeys(words)) or None


def _in_account(partnership: Partnership) -> Decimal:
    into = RefundDirection.TO_BLOCKED_ACCOUNT
    return sum((refund.money.amount for refund in partnership.refunds if refund.direction is into), ZERO)


def _change(position: int, amount: Decimal) -> list[SumPart]:
    return [SumPart(position, amount)] if amount else []
