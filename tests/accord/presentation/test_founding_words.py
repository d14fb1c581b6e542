"""Whoever founds a directory reads what its first people cannot approve."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from accord.presentation.words.organisation.founding import words_of_lack
from domain.directory.people import Fact, HouseRulesSet, StaffMember, StaffRegistered
from domain.directory.roles import Role
from domain.directory.tiers import FIRST_RULES, TWO, HouseRules, Tier
from domain.partnership.people.fewest import FewestMember, fewest_staff, first_staff


def founding(staff: Iterable[FewestMember], rules: HouseRules = FIRST_RULES) -> tuple[Fact, ...]:
    """The facts of a founding by people with the roles of a staff."""
    members = (
        StaffMember(staff_id=f"person.{chr(97 + place)}", name=f"Person {place}", roles=member.roles)
        for place, member in enumerate(staff)
    )
    return (*(StaffRegistered(member=member) for member in members), HouseRulesSet(rules=rules))


def tiers(*limits: str | None) -> HouseRules:
    """Rules by which two approve each sum up to a limit."""
    of_limits = (Tier(currency="USD", up_to=Decimal(limit) if limit else None, quorum=TWO) for limit in limits)
    return HouseRules(tiers=tuple(of_limits))


def test_of_the_staff_that_is_offered_nothing_is_lacking() -> None:
    assert words_of_lack(founding(first_staff())) == ()


def test_five_people_are_told_the_sum_up_to_which_they_can_approve() -> None:
    [said] = words_of_lack(founding(fewest_staff(TWO)))
    assert said.startswith("These people can lead a grant up to USD 10,000.00 whose risk is not elevated.")
    assert "a grant of any sum and risk takes 6 people at least" in said


def test_without_a_director_who_may_approve_the_elevated_risk_is_beyond_them() -> None:
    [said] = words_of_lack(founding(fewest_staff(TWO), tiers(None)))
    assert said.startswith("These people can lead a grant whose risk is not elevated.")


def test_people_who_cannot_lead_the_smallest_grant_are_told_so() -> None:
    [said] = words_of_lack(founding([FewestMember((Role.DIRECTOR,), ())]))
    assert said.startswith("These people cannot lead a grant yet, of whatever sum.")


def test_a_sum_of_which_no_rule_speaks_is_named() -> None:
    [said] = words_of_lack(founding(first_staff(), tiers("50000.00")))
    assert said == "Above USD 50,000.00 nobody can approve: no rule says who does."
