"""The report of a rerun: each decision that would have gone otherwise, by country and size. It names no natural person.

The same ledger up to the same position, the same edition and the same days give the same bytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import product
from operator import itemgetter
from typing import Annotated, Any, Final, NamedTuple, TypeVar

from pydantic import Field

from domain.kept.report import SignedReport
from domain.rerun.verdicts import RerunVerdict, RuleDifference
from domain.values import Money, PartnershipId, Sha256, Value, is_none

Group = TypeVar("Group", bound=Any)


class RerunKind(StrEnum):
    """The kind of a decision on record."""

    APPROVAL = "APPROVAL"
    """The last approval that a partnership needed."""
    RELEASE = "RELEASE"
    """A payer's release of a payment."""
    REFUSAL = "REFUSAL"
    """A rule's refusal of a partnership or of a leg."""


class RerunDecision(Value):
    """A decision on record, and the verdict on it."""

    partnership: PartnershipId
    position: int
    """The place in the ledger of the event that decided."""
    kind: RerunKind
    day: date
    country: str
    """The country of the payee or, without one, of the partner."""
    money: Money | None = Field(default=None, exclude_if=is_none)
    in_base: Money | None = Field(default=None, exclude_if=is_none)
    """The sum in the organisation's base currency, at the rate that was recorded with it."""
    decided_under: str
    """The edition by which it was decided."""
    verdict: RerunVerdict
    differences: tuple[RuleDifference, ...] = ()
    erased: bool = False
    """True if it names somebody who was erased."""
    why: str = ""
    """The reason why it could not be decided again."""


class VerdictSums(Value):
    """The decisions of a group of one kind with one verdict, and their sums: money approved is released later."""

    kind: RerunKind
    verdict: RerunVerdict
    decisions: int
    sums: tuple[Money, ...]
    """By currency."""
    in_base: Money | None = Field(default=None, exclude_if=is_none)
    without_rate: int
    """The decisions with a sum that no recorded rate converts: they are in no sum of the base currency."""


class RerunGroup(Value):
    """The decisions of a country, or of a size."""

    group: str
    verdicts: tuple[VerdictSums, ...]


class UnknownAsked(Value):
    """A fact that nobody recorded: the rule that asks it, and of how many decisions."""

    fact: str
    rule: str
    decisions: int


class RerunBeside(Value):
    """The counts of what no rerun judges."""

    refused_by_people: int
    """Refusals by a person: no edition changes them."""
    withheld: int
    """Payments withheld by the check before they left, whose facts are not on record here."""
    imported: int
    """Partnerships of before: claims, whose approvals nobody decided here."""
    cut_short: tuple[str, ...]
    """Partnerships with an event that nobody can read: nothing from there on was run."""


class EditionRun(Value):
    """The edition that was run: its name, the released one that it changes, and the digests of both."""

    name: str
    after: str
    why: str
    sha256: Sha256
    """The digest of the draft, as canonical JSON."""
    rules_sha256: Sha256
    """The digest of the code and tables of the released edition's rules."""


class RerunReport(SignedReport):
    """The report."""

    position: Annotated[int, Field(ge=0)]
    root: Sha256
    """The root of the ledger's tree over all events up to the position."""
    edition: EditionRun
    since: date
    until: date
    """The last day whose decisions were run."""
    decisions: int
    verdicts: tuple[VerdictSums, ...]
    countries: tuple[RerunGroup, ...]
    sizes: tuple[RerunGroup, ...]
    unknown: tuple[UnknownAsked, ...]
    otherwise: tuple[RerunDecision, ...]
    """Every decision whose verdict is not SAME."""
    erased: int
    """The decisions that name somebody who was erased: findings were compared, bytes cannot be."""
    beside: RerunBeside
    not_answered: tuple[str, ...]

    def number(self, verdict: RerunVerdict) -> int:
        """Return the number of decisions with a verdict."""
        return sum(line.decisions for line in self.verdicts if line.verdict is verdict)


_SIZES: Final = tuple(map(Decimal, (5_000, 25_000, 100_000, 500_000)))
"""The upper ends of the bands of size."""


class _Size(NamedTuple):
    """A band of size, in the order of bands."""

    currency: str
    place: int

    @property
    def words(self) -> str:
        if not self.currency:
            return "no sum"
        is_last = self.place == len(_SIZES)
        return f"{self.currency} above {_SIZES[-1]:,}" if is_last else f"{self.currency} up to {_SIZES[self.place]:,}"


def _size_of(decision: RerunDecision) -> _Size:
    """Return the band of a decision's sum: in the base currency, or in its own where no rate is recorded."""
    money = decision.in_base or decision.money
    return _Size("", 0) if money is None else _Size(money.currency, bisect_left(_SIZES, money.amount))


def tables_of(decisions: Sequence[RerunDecision]) -> dict[str, object]:
    """Return the tables of a report: of all decisions, by country, by size, and of the facts that are unknown."""
    countries, sizes = _grouped(decisions, lambda decision: decision.country), _grouped(decisions, _size_of)
    return {
        "decisions": len(decisions),
        "verdicts": _sums(decisions),
        "countries": tuple(RerunGroup(group=country, verdicts=_sums(part)) for country, part in countries),
        "sizes": tuple(RerunGroup(group=size.words, verdicts=_sums(part)) for size, part in sizes),
        "unknown": _unknown(decisions),
        "otherwise": tuple(decision for decision in decisions if decision.verdict is not RerunVerdict.SAME),
        "erased": sum(decision.erased for decision in decisions),
    }


def _grouped(
    decisions: Sequence[RerunDecision], group_of: Callable[[RerunDecision], Group]
) -> list[tuple[Group, list[RerunDecision]]]:
    """Return decisions by a group, in the order of the groups."""
    members: dict[Group, list[RerunDecision]] = {}
    for decision in decisions:
        members.setdefault(group_of(decision), []).append(decision)
    return sorted(members.items(), key=itemgetter(0))


def _sums(decisions: Sequence[RerunDecision]) -> tuple[VerdictSums, ...]:
    parts = dict(_grouped(decisions, lambda decision: (decision.kind, decision.verdict)))
    pairs = product(RerunKind, RerunVerdict)
    return tuple(_line(kind, verdict, parts[kind, verdict]) for kind, verdict in pairs if (kind, verdict) in parts)


def _line(kind: RerunKind, verdict: RerunVerdict, decisions: list[RerunDecision]) -> VerdictSums:
    in_base = _by_currency(decision.in_base for decision in decisions)
    without = sum(decision.money is not None and decision.in_base is None for decision in decisions)
    return VerdictSums(
        kind=kind, verdict=verdict, decisions=len(decisions),
        sums=_by_currency(decision.money for decision in decisions),
        in_base=in_base[0] if len(in_base) == 1 else None, without_rate=without,
    )  # fmt: skip


def _by_currency(sums: Iterable[Money | None]) -> tuple[Money, ...]:
    totals: dict[str, Decimal] = {}
    for money in sums:
        if money is not None:
            totals[money.currency] = totals.get(money.currency, Decimal(0)) + money.amount
    return tuple(Money(amount=totals[currency], currency=currency) for currency in sorted(totals))


def _unknown(decisions: Iterable[RerunDecision]) -> tuple[UnknownAsked, ...]:
    counts = Counter(
        pair
        for decision in decisions
        if decision.verdict is RerunVerdict.UNKNOWN
        for pair in {(fact, rule.rule) for rule in decision.differences for fact in rule.unknown}
    )
    return tuple(UnknownAsked(fact=fact, rule=rule, decisions=counts[fact, rule]) for fact, rule in sorted(counts))
