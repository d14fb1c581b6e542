"""A typo touches no approval, a material change only those it concerns, and what was paid stays paid (R13, R34)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.directory.tiers import Role
from domain.partnership.proposal.amendment import ANEW, CLASSES, Change, changes_between
from domain.partnership.proposal.sums import TOLERATED_GROWTH, TOUCHED, Sums, earlier, falls, outgrown, sums_of
from domain.partnership.proposal.typos import same_but_for_typos
from domain.plans import PublicInterest
from domain.proposal import FundsIn, FundsOut, NonMonetary, Proposal
from domain.values import Money
from tests.builders import benefit, company, funds_in, funds_out, joint, measured, party, proposal, regrant
from tests.domain.partnership.specification import NON_MONETARY

P, F, D = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR
AMOUNT, PAYEE, PURPOSE, FUNDER, FACTS, TITLE, GIFT, SCHEDULE, REPORT, PERIOD, BUDGET, INDIRECT, NAME, UPDATE = Change


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Training of teachers", "Training of teachers"),
        ("Training of teachers", "  training,  of TEACHERS. "),
        ("Training of teachers", "Trainning of teachers"),
        ("Training of teachers", "Traning of teachers"),
        ("Training of teachers", "Trainign of teachers"),
        ("Training of teachers", "Trainimg of teachers"),
        ("Training of teachers", "Training of teacher"),
        ("Training of teachers", "Traning of teachres"),
        ("Réseaux scolaires", "Réseaux scolairs"),
        ("", ""),
    ],
)
def test_a_slip_in_a_longer_word_is_a_typo(one: str, other: str) -> None:
    assert same_but_for_typos(one, other)
    assert same_but_for_typos(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Training of teachers", "Training of preachers"),
        ("Training of teachers", "Training teachers"),
        ("Training of teachers", "Teachers of training"),
        ("Training of teachers", "Trannig of teachers"),
        ("Training of teachers", "Draining of teachers"),
        ("It is not for profit", "It is now for profit"),
        ("Courses for boys", "Courses for toys"),
        ("At most 10000 dollars", "At most 100000 dollars"),
        ("At most 10000 dollars", "At most 10001 dollars"),
        ("Room 12a45", "Room 12b45"),
        ("Training", ""),
        ("Legal aid", "Illegal aid"),
    ],
)
def test_anything_more_is_another_text(one: str, other: str) -> None:
    assert not same_but_for_typos(one, other)
    assert not same_but_for_typos(other, one)


DONOR = funds_in()
BOTH = {"funds_out": funds_out(), "funds_in": funds_in()}
PERIOD_OF_TWO_YEARS = {"period": {"starts": "2027-01-01", "ends": "2028-12-31"}}


def usd(amount: str) -> Money:
    return Money(amount=amount, currency="USD")


def due(*days: str | None) -> dict[str, Any]:
    """Money out whose tranches are not paid before these days."""
    made = funds_out(*["1000.00"] * len(days))
    return {**made, "tranches": [{**one, "due_on": day} for one, day in zip(made["tranches"], days, strict=True)]}


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], set[Change]]] = {
    "the title": ({}, {"title": "Digital skills, amended"}, {TITLE}),
    "a typo in the title": ({}, {"title": "Digital skills for river libraris"}, set()),
    "the final report": ({}, {"funds_out": funds_out(final_report=False)}, {REPORT}),
    "one tranche more of the same sum": ({}, {"funds_out": funds_out("600.00", "400.00")}, {SCHEDULE}),
    "four tranches in one": (
        {"funds_out": funds_out("250.00", "250.00", "250.00", "250.00")},
        {"funds_out": funds_out("1000.00")},
        {SCHEDULE},
    ),
    "the last of two tranches": (
        {"funds_out": funds_out("600.00", "400.00")},
        {"funds_out": funds_out("600.00", "500.00")},
        {AMOUNT},
    ),
    "a typo in the purpose": ({}, {"funds_out": funds_out(purpose="Trainning")}, set()),
    "a typo in the payee's name": ({}, {"funds_out": funds_out(payee=party("Riverbent Library Network"))}, set()),
    "a typo in the partner's name": ({}, {"partner": party("Riverbent Library Network")}, set()),
    "tranches of the same sum": (
        {"funds_out": funds_out("600.00", "400.00")},
        {"funds_out": funds_out("500.00", "500.00")},
        {SCHEDULE},
    ),
    "the sum": ({}, {"funds_out": funds_out("1000.01")}, {AMOUNT}),
    "a smaller sum": ({}, {"funds_out": funds_out("999.99")}, {AMOUNT}),
    "the purpose": ({}, {"funds_out": funds_out(purpose="A radio station")}, {PURPOSE}),
    "the joint activity": (NON_MONETARY, {"non_monetary": joint(activity="A march through the town")}, {PURPOSE}),
    "a gift's restriction": (
        {"funds_in": funds_in(restricted_to="Training of teachers")},
        {"funds_in": funds_in(restricted_to="Scholarships abroad")},
        {PURPOSE},
    ),
    "the gift": ({"funds_in": DONOR}, {"funds_in": funds_in("6000.00")}, {AMOUNT, GIFT}),
    "the donor": ({"funds_in": DONOR}, {"funds_in": funds_in(donor=company())}, {PAYEE}),
    "another payee": ({}, {"funds_out": funds_out(payee=party("Harbour Schools Trust"))}, {PAYEE}),
    "the payee's EIN": ({}, {"funds_out": funds_out(payee=party(ein="001000002"))}, {PAYEE}),
    "the payee's country": ({}, {"funds_out": funds_out(payee=party(country="CA"))}, {PAYEE}),
    "the payee's kind": ({}, {"funds_out": funds_out(payee=party(kind="PRIVATE_COMPANY"))}, {FACTS}),
    "the funder": ({}, {"funds_out": funds_out(funder="ISOC-FOUNDATION")}, {FUNDER}),
    "a sub-recipient": ({}, {"funds_out": funds_out(regrant=regrant(party("Village Circle")))}, {FACTS}),
    "who benefits": ({}, {"funds_out": funds_out(benefit=benefit())}, {FACTS}),
    "what it is spent on": ({}, {"funds_out": funds_out(uses=("TUITION",))}, {FACTS}),
    "the alignment": ({}, {"funds_out": funds_out(alignment="Carries out the purposes")}, {FACTS}),
    "the period": (PERIOD_OF_TWO_YEARS, {"period": {"starts": "2027-01-01", "ends": "2029-06-30"}}, {PERIOD}),
    "a report more": ({}, {"reports": [{"number": 1, "kind": "PROGRESS", "due_on": "2027-06-01"}]}, {REPORT}),
    "the day of a tranche": ({}, {"funds_out": due("2027-03-01")}, {SCHEDULE}),
    "an indicator": ({}, measured(), {PURPOSE}),
    "whom to ask": ({}, {"contacts": [{"name": "Ida Holm", "organization": "Riverbend Library Network"}]}, set()),
    "the payee's address": ({}, {"funds_out": funds_out(payee=party(address={"lines": ["1 Mill Lane"]}))}, {UPDATE}),
    "what was asked for": ({}, {"funds_out": funds_out(requested=usd("5000.00"))}, set()),
    "why it is not published": ({}, {"withheld_for": "The partner would be in danger"}, {TITLE}),
    "conditions of a gift": ({"funds_in": DONOR}, {"funds_in": funds_in(influences_priorities=True)}, {FACTS}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_counts_as_a_change(what: str) -> None:
    before, now, expected = CHANGES[what]
    assert set(changes_between(proposal(**before), proposal(**now))) == expected


UNSEEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the partner beside the payee": ({}, {"partner": party("Harbour Schools Trust")}),
    "the donor beside money out": (BOTH, {**BOTH, "funds_in": funds_in(donor=company())}),
    "the gift beside money out": (BOTH, {**BOTH, "funds_in": funds_in("6000.00")}),
    "the funder of the last of three legs": (
        {**BOTH, "funds_in": funds_in(funder="SAMPLE-PF"), "non_monetary": joint()},
        {**BOTH, "funds_in": funds_in(funder="SAMPLE-PF"), "non_monetary": joint(funder="SAMPLE-PF")},
    ),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_no_party_sum_or_funder_changes_unseen_because_another_leg_stays(what: str) -> None:
    """Whoever takes part is screened, and every leg names its funder: a change of any of them is material."""
    before, now = UNSEEN[what]
    assert changes_between(proposal(**before), proposal(**now))


@pytest.mark.parametrize("field", ["mission_objective", "community_served", "statement"])
def test_the_determination_is_part_of_the_purpose(field: str) -> None:
    before = proposal()
    determination = before.public_interest.model_copy(update={field: "Another text altogether"})
    assert changes_between(before, before.model_copy(update={"public_interest": determination})) == (PURPOSE,)


@pytest.mark.parametrize(
    ("approved", "now", "grown"),
    [
        (usd("1000.00"), usd("1100.00"), False),
        (usd("1000.00"), usd("1100.01"), True),
        (usd("1000.00"), usd("500.00"), False),
        (usd("0.01"), usd("0.01"), False),
        (usd("0.01"), usd("0.02"), True),
        (usd("1000.00"), Money(amount="1", currency="EUR"), True),
        (None, usd("0.01"), True),
        (usd("1000.00"), None, False),
    ],
)
def test_a_tenth_more_than_what_was_approved_is_tolerated_and_not_a_cent_above(
    approved: Money | None, now: Money | None, grown: bool
) -> None:
    assert outgrown(approved, now) is grown


@pytest.mark.parametrize(
    ("approved", "now", "sooner"),
    [
        (("1000",), ("1000",), False),
        (("1000",), ("600", "400"), False),
        (("600", "400"), ("1000",), True),
        (("600", "400"), ("660", "340"), False),
        (("600", "400"), ("660.01", "339.99"), True),
        (("250", "250", "250", "250"), ("250", "250", "500"), True),
        (("250", "250", "250", "250"), ("250", "250", "250", "350"), False),
        (("250", "250", "250", "250"), ("250", "250", "250", "350.01"), True),
        (("600", "400"), ("600", "400", "100"), False),
        (("600", "400"), ("600", "400", "100.01"), True),
        ((), ("1",), True),
    ],
)
def test_what_would_be_paid_sooner_than_approved(approved: tuple[str, ...], now: tuple[str, ...], sooner: bool) -> None:
    assert earlier(*(tuple(map(Decimal, plan)) for plan in (approved, now))) is sooner


FALL: dict[Change, set[Role]] = {
    **{change: {F, D} for change in (AMOUNT, SCHEDULE, GIFT, INDIRECT)},
    **{change: {P, D} for change in (PURPOSE, TITLE, PERIOD, BUDGET)},
    **{change: {P, F, D} for change in (PAYEE, FUNDER, FACTS, REPORT)},
    **{change: set() for change in (NAME, UPDATE)},
}
SMALL = Sums(money=usd("1.00"), plan=(Decimal("0.50"), Decimal("0.50")), gift=usd("1.00"))
LARGE = Sums(money=usd("2.00"), plan=(Decimal("1.50"), Decimal("0.50")), gift=usd("2.00"))


@pytest.mark.parametrize(
    ("approved", "now", "falls_"),
    [
        (("2027-03-01",), ("2027-03-01",), False),
        (("2027-03-01",), ("2027-03-02",), False),
        (("2027-03-01",), ("2027-02-28",), True),
        (("2027-03-01",), (None,), True),
        ((None,), ("2027-03-01",), False),
        ((None, "2027-03-01"), (None, "2027-02-01"), True),
    ],
)
def test_a_tranche_on_an_earlier_day_than_approved_is_approved_again(
    approved: tuple[str | None, ...], now: tuple[str | None, ...], falls_: bool
) -> None:
    before, after = (sums_of(proposal(funds_out=due(*days))) for days in (approved, now))
    assert falls(F, before, (SCHEDULE,), after) is falls_


DAYS = [date(2028, month, 1) for month in (1, 6, 12)]
CUTS = st.lists(st.integers(1, 9), unique=True, max_size=3)


@st.composite
def plans(draw: st.DrawFn) -> Sums:
    """A thousand in one to four tranches, each with a day before which it is not paid, or with none."""
    cuts = [0, *sorted(draw(CUTS)), 10]
    plan = tuple(Decimal(100) * (end - start) for start, end in pairwise(cuts))
    days = tuple(draw(st.sampled_from([None, *DAYS])) for _ in plan)
    return Sums(money=usd("1000.00"), plan=plan, days=days)


def payable(sums: Sums, on: date) -> Decimal:
    """The sum that may be paid up to a day."""
    parts = zip(sums.plan, sums.days, strict=True)
    return sum((amount for amount, day in parts if day is None or day <= on), Decimal(0))


@pytest.mark.slow
@given(plans(), plans())
def test_what_is_payable_by_a_day_is_never_more_than_a_tenth_above_what_was_approved_by_then(
    approved: Sums, now: Sums
) -> None:
    days = [date.min, *DAYS]
    assume(any(payable(now, on) > TOLERATED_GROWTH * payable(approved, on) for on in days))
    assert falls(F, approved, (SCHEDULE,), now)


@given(plans())
def test_a_plan_of_which_every_tranche_is_paid_later_or_as_before_stands(approved: Sums) -> None:
    later = approved.model_copy(update={"days": tuple(day and day.replace(year=2029) for day in approved.days)})
    assert not falls(F, approved, (SCHEDULE,), approved)
    assert not falls(F, approved, (SCHEDULE,), later)


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize("role", [P, F, D])
def test_which_approvals_fall_for_which_change(change: Change, role: Role) -> None:
    assert falls(role, SMALL, (change,), LARGE) is (role in FALL[change])


@pytest.mark.parametrize("change", [AMOUNT, SCHEDULE, GIFT])
def test_within_a_tenth_none_falls(change: Change) -> None:
    assert not any(falls(role, SMALL, (change,), SMALL) for role in (P, F, D))


def test_a_gift_that_shrinks_by_more_than_a_tenth_is_another_one() -> None:
    assert falls(F, LARGE, (GIFT,), SMALL)
    assert not falls(F, Sums(gift=usd("1.10")), (GIFT,), Sums(gift=usd("1.00")))


def test_no_approval_falls_for_no_change() -> None:
    assert not any(falls(role, SMALL, (), LARGE) for role in Role)


def test_every_change_begins_anew_or_touches_some() -> None:
    assert set(TOUCHED) | ANEW == set(Change)
    assert set(TOUCHED).isdisjoint(ANEW)


@pytest.mark.parametrize("kind", [Proposal, PublicInterest, FundsOut, FundsIn, NonMonetary])
def test_every_field_of_a_proposal_has_its_class(kind: Any) -> None:
    assert set(CLASSES[kind]) == set(kind.model_fields)


LEGS = {"funds_out", "funds_in", "non_monetary"}
WITHOUT_A_CLASS = LEGS | {"reference", "public_interest", "contacts", "requested"}


def test_a_field_without_a_class_is_a_leg_or_no_amendments() -> None:
    found = {name for fields in CLASSES.values() for name, classes in fields.items() if not classes}
    assert found == WITHOUT_A_CLASS


def test_another_leg_changes_everything() -> None:
    assert changes_between(proposal(), proposal(**NON_MONETARY)) == tuple(Change)


def test_the_sums_of_a_proposal_are_those_of_both_legs() -> None:
    both = {"funds_out": funds_out("600.00", "400.00"), "funds_in": funds_in("5000.00")}
    assert sums_of(proposal(**both)) == Sums(
        money=usd("1000.00"), plan=(Decimal("600.00"), Decimal("400.00")), days=(None, None), gift=usd("5000.00")
    )
