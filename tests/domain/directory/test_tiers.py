"""Approvers of each sum: tiers that rise, a risk that raises them, and nothing where no tier covers the sum."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.tiers import HouseRules, Role, missing, quorum_of
from domain.errors import ThresholdUnknown
from domain.values import Money

P, F, D = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR


def tier(up_to: str | None, *quorum: Role, currency: str = "USD") -> dict[str, Any]:
    return {"currency": currency, "up_to": up_to, "quorum": quorum or (P, F)}


def rules(*tiers: dict[str, Any], **more: Any) -> HouseRules:
    return HouseRules.model_validate({"tiers": tiers, **more})


ORGANISATION = rules(
    tier("10000", P, F),
    tier("100000", P, F, F),
    tier("1000000", P, F, D),
    tier("500000", P, F, currency="KES"),
    tier(None, P, P, F, F, D, currency="EUR"),
)


@pytest.mark.parametrize(
    ("amount", "currency", "quorum"),
    [
        ("0.01", "USD", (P, F)),
        ("9999.99", "USD", (P, F)),
        ("10000", "USD", (P, F)),
        ("10000.00", "USD", (P, F)),
        ("10000.01", "USD", (P, F, F)),
        ("100000", "USD", (P, F, F)),
        ("100000.01", "USD", (P, F, D)),
        ("1000000", "USD", (P, F, D)),
        ("500000", "KES", (P, F)),
        ("0.01", "EUR", (P, P, F, F, D)),
        ("99999999999999.00", "EUR", (P, P, F, F, D)),
    ],
)
def test_the_first_tier_that_covers_a_sum_says_who_approves(
    amount: str, currency: str, quorum: tuple[Role, ...]
) -> None:
    assert quorum_of(Money(amount=amount, currency=currency), ORGANISATION, elevated_risk=False) == quorum


@pytest.mark.parametrize(
    ("amount", "quorum"),
    [("10000", (P, F, D)), ("100000", (P, F, F, D)), ("1000000", (P, F, D))],
)
def test_an_elevated_risk_adds_a_director_where_none_is_among_them(amount: str, quorum: tuple[Role, ...]) -> None:
    assert quorum_of(Money(amount=amount, currency="USD"), ORGANISATION, elevated_risk=True) == quorum


@pytest.mark.parametrize(("elevated", "quorum"), [(False, (P,)), (True, (P, D))])
@pytest.mark.parametrize("organisation", [None, ORGANISATION])
def test_where_no_money_moves_the_programme_approves(
    organisation: HouseRules | None, elevated: bool, quorum: tuple[Role, ...]
) -> None:
    assert quorum_of(None, organisation, elevated) == quorum


@pytest.mark.parametrize(
    ("amount", "currency", "organisation"),
    [
        ("1000000.01", "USD", ORGANISATION),
        ("500000.01", "KES", ORGANISATION),
        ("1", "BHD", ORGANISATION),
        ("0.01", "USD", None),
    ],
)
@pytest.mark.parametrize("elevated", [False, True])
def test_a_sum_that_no_tier_covers_is_refused_and_names_the_remedy(
    amount: str, currency: str, organisation: HouseRules | None, elevated: bool
) -> None:
    with pytest.raises(ThresholdUnknown, match=rf"no approval tier covers {currency} .*accord directory load"):
        quorum_of(Money(amount=amount, currency=currency), organisation, elevated)


@pytest.mark.parametrize(
    "sums",
    [("100", "100"), ("200", "100"), (None, "100"), (None, None), ("100", None, "200")],
)
def test_tiers_that_do_not_rise_are_refused(sums: tuple[str | None, ...]) -> None:
    with pytest.raises(ValidationError, match="the tiers of USD must rise, and only the last may be without a limit"):
        rules(*map(tier, sums))


def test_each_currency_rises_on_its_own() -> None:
    mixed = rules(tier("100"), tier("50", currency="EUR"), tier("200", P, F, D), tier(None, P, F, currency="EUR"))
    assert quorum_of(Money(amount="150", currency="USD"), mixed, elevated_risk=False) == (P, F, D)
    assert quorum_of(Money(amount="50", currency="EUR"), mixed, elevated_risk=False) == (P, F)


@pytest.mark.parametrize("up_to", ["0", "-1", "NaN"])
def test_a_tier_up_to_nothing_is_refused(up_to: str) -> None:
    with pytest.raises(ValidationError):
        rules(tier(up_to))


@pytest.mark.parametrize("quorum", [(), (P,), (P,) * 10, (P, D), (F, D), (D, D)])
def test_two_to_nine_people_decide_on_money(quorum: tuple[Role, ...]) -> None:
    with pytest.raises(ValidationError):
        rules({"currency": "USD", "quorum": quorum})


def test_an_organisation_has_at_least_one_tier() -> None:
    with pytest.raises(ValidationError):
        rules()


@pytest.mark.parametrize(("days", "good"), [(-1, False), (0, True), (3, True), (60, True), (61, False)])
def test_the_cooling_off_time_is_up_to_sixty_business_days(days: int, good: bool) -> None:
    if good:
        assert rules(tier(None), cooling_off_days=days).cooling_off_days == days
        return
    with pytest.raises(ValidationError):
        rules(tier(None), cooling_off_days=days)


def test_the_cooling_off_time_is_three_business_days_where_nothing_else_is_said() -> None:
    assert rules(tier(None)).cooling_off_days == 3


@pytest.mark.parametrize(
    ("quorum", "given", "left"),
    [
        ((P, F), (), (P, F)),
        ((P, F), (F,), (P,)),
        ((P, F), (F, P), ()),
        ((P, F, F), (F,), (P, F)),
        ((P, F, F), (F, F), (P,)),
        ((P, F, F), (P, F), (F,)),
        ((P, F), (P, P, P), (F,)),
        ((P, F), (Role.PAYER, D), (P, F)),
        ((), (P,), ()),
    ],
)
def test_a_role_is_missing_as_often_as_it_is_still_wanted(
    quorum: tuple[Role, ...], given: tuple[Role, ...], left: tuple[Role, ...]
) -> None:
    assert missing(quorum, given) == left


@pytest.mark.parametrize(("said", "asks"), [({}, False), ({"second_at_hand_over": True}, True)])
def test_a_second_person_at_the_hand_over_is_a_rule_of_the_organisation(said: dict[str, bool], asks: bool) -> None:
    assert rules(tier(None), **said).second_at_hand_over is asks


def test_rules_of_before_there_was_such_a_choice_are_stored_as_they_were() -> None:
    assert "second_at_hand_over" not in rules(tier(None)).model_dump(mode="json")
