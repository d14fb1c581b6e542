"""The approval tiers: roles, tiers by amount, the risk that raises them, and waiting times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from domain.budgets.terms import AskedBudget, same_name
from domain.directory.base import DEFAULT_DAYS as DEFAULT_RATE_DAYS
from domain.directory.base import MOST_DAYS as MOST_RATE_DAYS
from domain.directory.base import BaseRule
from domain.directory.chart import BookRules
from domain.directory.lists import DEFAULT_DAYS, MOST_DAYS, OFAC_AND_UN, ListRule, SanctionsList
from domain.directory.roles import Role as Role
from domain.directory.watched import WatchedCountry, applying, twice_watched
from domain.errors import ThresholdUnknown
from domain.grants import ObjectiveCode
from domain.money.rails import RailRule
from domain.money.tolerance import BookingTolerance
from domain.signatures.attestation import KeyModel
from domain.values import Currency, Money, OneLine, Printable, Value, is_empty, is_false, is_none


class Tier(Value):
    """The roles that must approve a sum up to a limit, each by a different person. A role may be named twice."""

    currency: Currency
    up_to: Annotated[Decimal, Field(gt=0)] | None = Field(default=None, description="Without it: any sum")
    quorum: Annotated[tuple[Role, ...], Field(min_length=2, max_length=9)]

    @model_validator(mode="after")
    def _names_both(self) -> Self:
        needed = {Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER}
        if not needed <= set(self.quorum):
            raise ValueError("a quorum holds PROGRAMME_APPROVER and FINANCE_APPROVER at least; add who is missing")
        return self


class Objective(Value):
    """An objective of the organisation's mission: proposals name one by its code."""

    code: ObjectiveCode
    words: Annotated[str, StringConstraints(min_length=3, max_length=200), Printable, OneLine]


class HouseRules(Value):
    """The organisation's rules for its own decisions."""

    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    cooling_off_days: Annotated[int, Field(ge=0, le=60)] = Field(
        default=3, description="Business days between a change of bank details and the first payment to them"
    )
    second_at_hand_over: bool = Field(
        default=False,
        exclude_if=is_false,
        description="Whether a second person must sign before a payment file is handed over",
    )
    stop_without_balance: bool = Field(
        default=False,
        exclude_if=is_false,
        description="Whether no payment file leaves that takes more than the account's last known balance has left",
    )
    bank_offset: Annotated[str, StringConstraints(pattern=r"^[+-](0[0-9]|1[0-4]):[0-5][0-9]$")] = Field(
        default="",
        exclude_if=is_empty,
        description="The offset from UTC by which the banks' days end, such as -05:00; UTC without it. Where it "
        "changes with the season: the one further west",
    )
    entry_days: Annotated[int, Field(ge=0, le=60)] | None = Field(
        default=None,
        exclude_if=is_none,
        description="The days after which operators are told of an entry of a bank's statement that nothing explains; "
        "5 without it",
    )
    device_bound: tuple[Role, ...] = Field(
        default=(),
        exclude_if=is_empty,
        description="The roles whose holders sign with no passkey that may be copied to another device",
    )
    models: Annotated[tuple[KeyModel, ...], Field(max_length=100)] = Field(
        default=(), exclude_if=is_empty, description="The models of security key whose makers' word is asked for"
    )
    attested_only: bool = Field(
        default=False,
        exclude_if=is_false,
        description="Whether the passkeys of the roles in `device_bound` must be attested as of a listed model",
    )
    objectives: tuple[Objective, ...] = Field(
        default=(), exclude_if=is_empty, description="The objectives of which every proposal names one"
    )
    budgets: Annotated[tuple[AskedBudget, ...], Field(max_length=100)] = Field(
        default=(), exclude_if=is_empty, description="The programmes whose grants need a budget, and its terms"
    )
    books: BookRules | None = Field(
        default=None, exclude_if=is_none, description="The basis of the book, and the codes and names of its accounts"
    )
    lists: Annotated[tuple[SanctionsList, ...], Field(max_length=20)] = Field(
        default=(),
        exclude_if=is_empty,
        description="The sanctions lists that bind the organisation; without it OFAC's and the United Nations'",
    )
    list_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = Field(
        default=None,
        exclude_if=is_none,
        description="The days for which a sanctions list's last confirmation is good; 7 without it",
    )

    watched: Annotated[tuple[WatchedCountry, ...], Field(max_length=500)] = Field(
        default=(),
        exclude_if=is_empty,
        description="The countries on the FATF's lists, each with its days; without it, none is asked about",
    )

    public_offices: bool = Field(
        default=False,
        exclude_if=is_false,
        description="Whether people behind a payee are asked for prominent public offices, theirs or of those close",
    )

    funds_named: bool = Field(
        default=False,
        exclude_if=is_false,
        description="Whether every grant must name the funds that pay it",
    )

    rails: Annotated[tuple[RailRule, ...], Field(max_length=100)] = Field(
        default=(),
        exclude_if=is_empty,
        description="The rails on which payments leave, by currency, country and sum: the first row that covers one",
    )

    base_currency: Currency | None = Field(
        default=None,
        exclude_if=is_none,
        description="The currency of all tiers, into which sums are converted at the ECB's reference rates; without "
        "it nothing is converted",
    )
    rate_days: Annotated[int, Field(ge=1, le=MOST_RATE_DAYS)] | None = Field(
        default=None,
        exclude_if=is_none,
        description="How many days before a decision the reference rates may be of; 7 without it",
    )
    tolerance: BookingTolerance | None = Field(
        default=None,
        exclude_if=is_none,
        description="How far a booking may be apart from its instruction, by the bank's rate and charges, without a "
        "person; without it nothing but an exact booking settles",
    )

    recall_days: Annotated[int, Field(ge=1, le=60)] | None = Field(
        default=None,
        exclude_if=is_none,
        description="The business days in which a bank answers a recall, and books its return; 10 without it",
    )

    @property
    def base(self) -> BaseRule | None:
        """The base currency and how old its rates may be, or None if nothing is converted."""
        return BaseRule(self.base_currency, self.rate_days or DEFAULT_RATE_DAYS) if self.base_currency else None

    @property
    def list_rule(self) -> ListRule:
        """The lists that bind the organisation, and how old their last confirmation may be."""
        return ListRule(self.lists or OFAC_AND_UN, self.list_days or DEFAULT_DAYS)

    def budget_of(self, programme: str | None) -> AskedBudget | None:
        """Return the rule on the budgets of a programme, or None."""
        return next((rule for rule in self.budgets if rule.is_of(programme)), None)

    @model_validator(mode="after")
    def _lists_each_model_once(self) -> Self:
        model_ids = [model.aaguid for model in self.models]
        if len(set(model_ids)) < len(model_ids):
            raise ValueError("models: one AAGUID is listed twice; give it all its roots at once")
        if self.attested_only and not (self.models and self.device_bound):
            raise ValueError("attested_only: it asks for a listed model (`models`) of named roles (`device_bound`)")
        return self

    @model_validator(mode="after")
    def _names_each_list_once(self) -> Self:
        if len(set(self.lists)) < len(self.lists):
            raise ValueError("lists: one list is named twice; name each once")
        return self

    @model_validator(mode="after")
    def _watches_each_country_once(self) -> Self:
        if country := twice_watched(self.watched):
            raise ValueError(f"watched: {country} stands on two rows for one day; end the earlier one (`until`)")
        return self

    @model_validator(mode="after")
    def _asks_once_of_each_programme(self) -> Self:
        programmes = [same_name(rule.programme) for rule in self.budgets]
        if len(set(programmes)) < len(programmes):
            raise ValueError("budgets: one programme is named twice; give it one entry")
        return self

    @model_validator(mode="after")
    def _are_in_the_base_currency(self) -> Self:
        if self.base_currency is None and self.rate_days is not None:
            raise ValueError("rate_days: without a base currency nothing is converted; set `base_currency` as well")
        others = {tier.currency for tier in self.tiers} - {self.base_currency}
        if self.base_currency is not None and others:
            raise ValueError(
                f"tiers: one is in {min(others)}, and the base currency is {self.base_currency}: no sum would be asked "
                "of it; give all tiers in the base currency"
            )
        return self

    @model_validator(mode="after")
    def _rise(self) -> Self:
        for currency in {tier.currency for tier in self.tiers}:
            sums = [tier.up_to for tier in self.tiers if tier.currency == currency]
            limits = [amount for amount in sums if amount is not None]
            if None in sums[:-1] or limits != sorted(set(limits)):
                raise ValueError(f"the tiers of {currency} must rise, and only the last may be without a limit")
        return self


NO_MONEY: tuple[Role, ...] = (Role.PROGRAMME_APPROVER,)
"""The quorum where no money moves."""

TWO: Final = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
"""The least that every tier asks for."""

FIRST_RULES: Final = HouseRules(
    tiers=(
        Tier(currency="USD", up_to=Decimal("10000.00"), quorum=TWO),
        Tier(currency="USD", quorum=(*TWO, Role.DIRECTOR)),
    )
)
"""The rules that are offered to an organisation which founds its directory."""


def most_asked(rules: HouseRules) -> tuple[Role, ...]:
    """Return the roles for the approval of any sum in the rules, at any risk."""
    return _raised(most_of(*(tier.quorum for tier in rules.tiers)), elevated_risk=True)


def quorum_of(
    money: Money | None, rules: HouseRules | None, elevated_risk: bool, made_of: str = ""
) -> tuple[Role, ...]:
    """Return the roles that must approve a sum. With an elevated risk a director is among them (R33).

    `made_of`: what the sum is made of, for the message.

    Raises:
        ThresholdUnknown: The organisation set no tier for this sum, or the rules could not be looked up.
    """
    if money is None:
        return _raised(NO_MONEY, elevated_risk)
    return quorum_across((money,), rules, elevated_risk, made_of)


def quorum_across(
    sums: Sequence[Money], rules: HouseRules | None, elevated_risk: bool, made_of: str = ""
) -> tuple[Role, ...]:
    """Return the roles that must approve sums of several currencies that count together, one sum of each (rules 4.9).

    Without a rate nothing is converted: each sum is a share of its own currency's limit, and the shares are added. What
    is more than one asks the next tiers. `made_of`: what the sums are made of, for the message.

    Raises:
        ThresholdUnknown: No tier covers them together, or the rules could not be looked up.
    """
    tiers = [[tier for tier in rules.tiers if tier.currency == money.currency] if rules else [] for money in sums]
    for level in range(max(map(len, tiers), default=0) if all(tiers) else 0):
        level_tiers = [of_currency[min(level, len(of_currency) - 1)] for of_currency in tiers]
        if sum(map(_share, sums, level_tiers), Fraction(0)) <= 1:
            return _raised(most_of(*(tier.quorum for tier in level_tiers)), elevated_risk)
    words = " and ".join(map(str, sums)) + (" together" if len(sums) > 1 else "")
    raise ThresholdUnknown(
        f"no approval tier covers {words}{made_of}; a director and an auditor set one with `accord directory load`"
    )


def quorum_without_rate(
    sums: Sequence[Money], rules: HouseRules, elevated_risk: bool, lacking: Sequence[str], made_of: str = ""
) -> tuple[Role, ...]:
    """Return the roles that must approve sums of which nobody knows how much they are: those of the highest tier.

    `lacking`: the currencies without a rate.

    Raises:
        ThresholdUnknown: The highest tier has a limit, and the sums may be above it.
    """
    highest = rules.tiers[-1]
    if highest.up_to is None:
        return _raised(highest.quorum, elevated_risk)
    words = " and ".join(map(str, sums))
    raise ThresholdUnknown(
        f"there is no reference rate of {', '.join(lacking)} that is not too old, and no tier covers {words}{made_of} "
        "whatever it is worth: `accord registers refresh ecb-rates`, or a director and an auditor set a tier without a "
        "limit with `accord directory load`"
    )


def _share(money: Money, tier: Tier) -> Fraction:
    return Fraction(0) if tier.up_to is None else Fraction(money.amount) / Fraction(tier.up_to)


def quorum_for(sums: tuple[Money, ...], rules: HouseRules | None, elevated_risk: bool) -> tuple[Role, ...]:
    """Return the roles that must approve several sums at once: each as often as the most demanding of them asks.

    Raises:
        ThresholdUnknown: The organisation set no tier for one of the sums, or the rules could not be looked up.
    """
    return most_of(*(quorum_of(money, rules, elevated_risk) for money in sums or (None,)))


def most_of(*quorums: tuple[Role, ...]) -> tuple[Role, ...]:
    """Return each role as often as the most demanding of several quorums asks for it."""
    return tuple(reduce(or_, map(Counter, quorums)).elements())


def _raised(quorum: tuple[Role, ...], elevated_risk: bool) -> tuple[Role, ...]:
    return (*quorum, Role.DIRECTOR) if elevated_risk and Role.DIRECTOR not in quorum else quorum


def missing(quorum: tuple[Role, ...], roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """Return the roles of a quorum that have not approved yet, each as often as its approval is still needed."""
    remaining_roles = list(roles)
    missing_roles = []
    for role in quorum:
        if role in remaining_roles:
            remaining_roles.remove(role)
        else:
            missing_roles.append(role)
    return tuple(missing_roles)


def watched_in(rules: HouseRules | None, countries: Collection[str], on: date) -> tuple[WatchedCountry, ...]:
    """Return the rows of the organisation's table of the FATF's lists that apply on a day to some countries."""
    return applying(rules.watched if rules is not None else (), countries, on)


def asks_public_offices(rules: HouseRules | None) -> bool:
    """True if the organisation asks whether people behind a payee hold or held a prominent public office."""
    return rules is not None and rules.public_offices


def asks_funds(rules: HouseRules | None) -> bool:
    """True if every grant of the organisation must name the funds that pay it."""
    return rules is not None and rules.funds_named


def list_rule_of(rules: HouseRules | None) -> ListRule:
    """Return the rule on sanctions lists of an organisation, also of one that set no rules."""
    return rules.list_rule if rules is not None else ListRule()
