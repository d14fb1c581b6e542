"""One way to write sums, countries and people on every page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import pycountry

from domain.directory.directory import Directory
from domain.directory.tiers import HouseRules, Role
from domain.identity import ACCORD
from domain.partnership.refund.refunds import Refund
from domain.screening.approved_sums import ApprovedSum
from domain.values import Money, minor_digits


def sum_in_words(amount: Decimal, currency: str) -> str:
    """Return a sum as pages write it: USD 2,500.00, with the currency's decimals.

    What an earlier release took from a bank in a currency that there is not, or in parts of a cent, is as it was said.
    """
    try:
        digits = minor_digits(currency)
    except KeyError:
        return f"{currency} {amount:,}"
    return f"{currency} {amount:,.{digits}f}" if amount == round(amount, digits) else f"{currency} {amount:,}"


def money_in_words(money: Money | None) -> str:
    """Return a sum as pages write it, or '' for none."""
    return "" if money is None else sum_in_words(money.amount, money.currency)


def refund_in_words(refund: Refund) -> str:
    """Return the sum of a refund, with that on our account if the bank exchanged it."""
    booked = refund.on_account
    on_account = f", {money_in_words(booked)} on our account" if booked != refund.money else ""
    return f"{money_in_words(refund.money)}{on_account}"


def together_in_words(
    money: Money | None,
    together: Sequence[ApprovedSum],
    role: Role,
    rules: HouseRules | None,
    in_base: Money | None = None,
) -> str:
    """Return the reason of a sum for asking a role: its limit without that role, and its total with others.

    `in_base`: the total in the organisation's base currency, if it has one and each sum has a rate.
    """
    if money is None:
        return ""
    base = rules.base if rules is not None else None
    if base is not None and in_base is None:
        return f"Without a reference rate nobody knows how much it is in {base.currency}."
    same = [
        approved_sum for approved_sum in together if base is not None or approved_sum.money.currency == money.currency
    ]
    own = money.amount + sum(approved_sum.money.amount for approved_sum in same)
    whole, currency = (in_base.amount, in_base.currency) if in_base is not None else (own, money.currency)
    limits = [
        tier.up_to
        for tier in (rules.tiers if rules is not None else ())
        if tier.currency == currency and tier.up_to is not None and role not in tier.quorum
    ]
    above = f"more than {sum_in_words(max(limits), currency)}" if limits and max(limits) < whole else "any sum"
    if not same:
        return f"It is {above}." if above != "any sum" else f"A sum of {money_in_words(money)}."
    about = "The payee gets" if all(approved_sum.same_payee for approved_sum in same) else "What counts together is"
    others = listed([approved_sum.partnership_id for approved_sum in same[:3]] + (["others"] if len(same) > 3 else []))
    sums = f"{sum_in_words(whole, currency)} with this one and {others}"
    return f"{about} {above} within a year: {sums}."


def number_in_words(number: Decimal | int) -> str:
    """Return a number with commas between its thousands, without zeros that say nothing."""
    return f"{number:,f}".rstrip("0").rstrip(".") if isinstance(number, Decimal) and number % 1 else f"{int(number):,}"


def country_in_words(code: str) -> str:
    """Return a country's short name."""
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country is not None else code


def region_in_words(code: str) -> str:
    """Return a region's name, or its code where no name is known."""
    region = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    return str(region.name) if region is not None else code


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Return names as a sentence lists them: A, B and C."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def initials(name: str) -> str:
    """Return the first letters of a name's first and last words."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@lru_cache(maxsize=16)
def _any_of(staff_ids: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the ids of a directory's people: a page asks for each of its sentences."""
    return re.compile(rf"(?<![\w.@])(?:{'|'.join(map(re.escape, staff_ids))})(?![\w@])")


class NamesInWords(NamedTuple):
    """The names of people, funders and objectives, as the directory has them, and of funds where they are given."""

    directory: Directory
    funds: Mapping[str, str] = MappingProxyType({})
    """The names of funds by their ids."""

    def person(self, staff_id: str) -> str:
        """Return a person's name, or their id where the directory no longer holds them."""
        if staff_id in {"", ACCORD}:
            return "Accord"
        member = self.directory.person(staff_id)
        return member.name if member is not None else staff_id

    def people(self, staff_ids: list[str] | tuple[str, ...], last: str = "and") -> str:
        """Return the names of people, as a sentence lists them."""
        return listed([self.person(staff_id) for staff_id in staff_ids], last)

    def within(self, text: str) -> str:
        """Return a text of the record with people's names in place of their ids."""
        names = {member.staff_id: member.name for member in self.directory.staff}
        return _any_of(tuple(names)).sub(lambda staff_id: names[staff_id.group()], text) if names else text

    def funder(self, funder_id: str) -> str:
        """Return a funder's name."""
        funder = self.directory.funder(funder_id)
        return funder.name if funder is not None else funder_id

    def fund(self, fund_id: str) -> str:
        """Return a fund's name with its id, or its id where no name is known."""
        name = self.funds.get(fund_id, fund_id)
        return name if fund_id in name else f"{name} ({fund_id})"

    def objective(self, code: str) -> str:
        """Return an objective in the organisation's words."""
        rules = self.directory.rules
        words = {objective.code: objective.words for objective in (rules.objectives if rules is not None else ())}
        return words.get(code, code)

    def roles(self, staff_id: str) -> tuple[Role, ...]:
        """Return a person's own roles."""
        member = self.directory.person(staff_id)
        return tuple(member.roles) if member is not None else ()
