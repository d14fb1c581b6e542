"""Edition 2026.4: a grant beside its payee's support, and what a foundation must see spent (rules 3.14)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Layer, Outcome
from domain.policy.rulebook import EDITIONS
from tests.builders import funds_out, money, party, proposal, status
from tests.domain.policy.language import CONDITION, PASS, PROFILES, REFER, bmf, both, finding, paid, pub78, said, spoken
from tests.thoroughness import draws

BOOK = EDITIONS["2026.4"]
STATEMENT = (ConditionId.SUPPORT_STATEMENT,)


def judged(found: Any, amount: str = "1000.00", funder: str = "P", currency: str = "USD", **leg: Any) -> Assessment:
    tranches = [{"number": 1, "money": {"amount": amount, "currency": currency}}]
    return paid(party(), found, PROFILES[funder], book=BOOK, tranches=tranches, **leg)


def asked(found: Any, amount: str = "1000.00", **leg: Any) -> Outcome | None:
    return said(judged(found, amount, **leg), "PROJECT-PROPORTION")


def figures(total: str, beside: str = "0") -> dict[str, Any]:
    return {"support": {"total": money(total), "beside": beside}}


@pytest.mark.parametrize(
    ("found", "amount", "outcome"),
    [
        pytest.param(bmf(revenue="1000"), "1000.00", PASS, id="as much as its yearly revenue"),
        pytest.param(bmf(revenue="1000"), "1000.01", REFER, id="a cent more"),
        pytest.param(bmf(revenue="-5"), "0.01", REFER, id="a year with a loss"),
        pytest.param(bmf(revenue="0", filing="01"), "0.01", REFER, id="a year without revenue"),
        pytest.param(bmf(revenue=None), "0.01", REFER, id="no revenue in the register"),
        pytest.param(bmf(revenue="0", filing="02"), "50000.00", PASS, id="a postcard filer, at its limit"),
        pytest.param(bmf(revenue="0", filing="02"), "50000.01", REFER, id="a postcard filer, above its limit"),
        pytest.param(bmf(revenue=None, filing="02"), "50000.00", PASS, id="a postcard filer without a figure"),
        pytest.param(bmf(revenue="1000", filing="02"), "1000.01", REFER, id="a postcard filer with a figure"),
        pytest.param(bmf(revenue="1000", foundation="16"), "1000.01", REFER, id="supported by fees, 509(a)(2)"),
        pytest.param(
            bmf(revenue="1000", affiliation="9", group_number="1234"), "1000.01", REFER, id="a subordinate of a group"
        ),
        pytest.param(bmf(revenue="1000", foundation="11"), "1000.01", None, id="a school"),
        pytest.param(bmf(revenue="1000", foundation="21"), "1000.01", None, id="a supporting organisation"),
        pytest.param(bmf(revenue="1000", subsection="06"), "1000.01", None, id="no charity"),
        pytest.param(both(("PF",), revenue="1000"), "1000.01", None, id="a private foundation by the other register"),
        pytest.param(pub78("PC"), "1000.01", None, id="not in the master file"),
        pytest.param(None, "1000.01", None, id="not looked up"),
    ],
)
def test_without_figures_a_grant_above_the_yearly_revenue_is_a_question(
    found: Any, amount: str, outcome: Outcome | None
) -> None:
    assert asked(found, amount) is outcome


def test_the_question_names_both_sums_and_the_way_out() -> None:
    one = spoken(judged(bmf(revenue="1234"), "2000.00"), "PROJECT-PROPORTION")
    assert one.reason == (
        "USD 2,000.00 exceeds the payee's last known yearly revenue, USD 1,234; "
        "give `funds_out.support`, its support over four years"
    )
    assert one.evidence
    assert "Rev. Proc. 2018-32" in one.citation


def test_what_fits_names_both_sums_and_the_row() -> None:
    one = spoken(judged(bmf(revenue="2000"), "2000.00"), "PROJECT-PROPORTION")
    assert one.reason == "USD 2,000.00 is within the payee's last known yearly revenue, USD 2,000"
    assert one.evidence


def test_another_currency_is_no_smaller() -> None:
    one = spoken(judged(bmf(revenue="900000"), "10.00", currency="EUR"), "PROJECT-PROPORTION")
    assert one.outcome is REFER
    assert "EUR 10.00 cannot be compared" in one.reason


@pytest.mark.parametrize(
    ("amount", "told", "outcome"),
    [
        ("1000.00", figures("4000"), PASS),
        ("1000.01", figures("4000"), CONDITION),
        ("1000.00", figures("3999.99"), CONDITION),
        ("600.00", figures("4000", "400"), PASS),
        ("600.00", figures("4000", "400.01"), CONDITION),
    ],
)
@pytest.mark.parametrize("funder", PROFILES)
def test_up_to_a_quarter_of_four_years_support_the_funder_is_not_responsible(
    amount: str, told: dict[str, Any], outcome: Outcome, funder: str
) -> None:
    one = spoken(judged(bmf(revenue="1"), amount, funder=funder, **told), "PROJECT-PROPORTION")
    assert one.outcome is outcome
    assert one.conditions == (STATEMENT if outcome is CONDITION else ())


def test_the_figures_are_told() -> None:
    within = spoken(judged(bmf(), "600.00", **figures("4000", "400")), "PROJECT-PROPORTION")
    above = spoken(judged(bmf(), "1001.00", **figures("4000")), "PROJECT-PROPORTION")
    assert within.reason == "USD 1,000.00 in one year are 25.00 per cent of the payee's support over four years"
    assert above.reason == (
        "USD 1,001.00 in one year are 25.03 per cent of the payee's support over four years, above 25: "
        "the funder may be responsible if its status changes"
    )
    assert "4,000.00" in within.evidence[0]
    assert "400" in within.evidence[0]
    assert above.layer is Layer.REG


def test_figures_are_in_the_currency_of_the_grant() -> None:
    with pytest.raises(ValidationError, match="give the payee's support in USD, as the tranches"):
        proposal(funds_out=funds_out("1000.00", support={"total": {"amount": "9", "currency": "EUR"}}))


@settings(max_examples=draws(200), database=None)
@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_leaving_figures_out_that_agree_with_the_register_never_helps(revenue: int, amount: int) -> None:
    found = bmf(revenue=str(revenue))
    known = asked(found, f"{amount}.00", **figures(str(4 * revenue)))
    left_out = asked(found, f"{amount}.00")
    assert known is not None
    assert left_out is not None
    assert list(Outcome).index(left_out) >= list(Outcome).index(known)


@pytest.mark.slow
@settings(max_examples=draws(200), database=None)
@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(0, 10_000))
def test_a_larger_grant_is_never_judged_lighter(revenue: int, amount: int, more: int) -> None:
    smaller, larger = (asked(bmf(revenue=str(revenue)), f"{sum_}.00") for sum_ in (amount, amount + more))
    assert smaller is not None
    assert larger is not None
    assert list(Outcome).index(larger) >= list(Outcome).index(smaller)


def test_the_question_is_the_same_while_sum_and_revenue_are() -> None:
    one, same = (spoken(judged(bmf(revenue="10"), "20.00"), "PROJECT-PROPORTION") for _ in range(2))
    others = [judged(bmf(revenue="11"), "20.00"), judged(bmf(revenue="10"), "21.00")]
    assert one.keys == same.keys
    assert all(spoken(other, "PROJECT-PROPORTION").keys != one.keys for other in others)


def test_no_money_out_no_question() -> None:
    from tests.domain.policy.language import given as given_to_us

    assert finding(given_to_us(), "PROJECT-PROPORTION") is None
    assert finding(given_to_us(profile=PROFILES["X"]), "PROJECT-CORPUS") is None


@pytest.mark.parametrize(
    ("found", "told", "follows"),
    [
        pytest.param(bmf(foundation="04"), {}, True, id="a foundation that makes grants"),
        pytest.param(pub78("PF"), {}, True, id="the same, in Publication 78 alone"),
        pytest.param(bmf(foundation="03"), {}, False, id="an operating foundation"),
        pytest.param(both(("POF",), foundation="03"), {}, False, id="an operating foundation by both registers"),
        pytest.param(pub78("POF"), {}, False, id="an operating foundation by Publication 78"),
        pytest.param(both(("PF",), foundation="03"), {}, True, id="the registers differ"),
        pytest.param(both(("POF",), foundation="04"), {}, True, id="the registers differ the other way"),
        pytest.param(status(), {}, False, id="a public charity"),
        pytest.param(status(), {"controlled_by_insider": True}, True, id="a charity that an insider controls"),
        pytest.param(bmf(foundation="03"), {"controlled_by_insider": True}, True, id="an operating one, controlled"),
    ],
)
def test_a_private_foundation_sees_its_grant_to_another_spent_out_of_corpus(
    found: Any, told: dict[str, Any], follows: bool
) -> None:
    one = finding(judged(found, funder="X", **told), "PROJECT-CORPUS")
    assert (one is not None) is follows
    if one is not None:
        assert one.outcome is CONDITION
        assert one.conditions == (ConditionId.OUT_OF_CORPUS,)
        assert ("control the payee" in one.reason) is bool(told)


@pytest.mark.parametrize("funder", ["P", "F"])
def test_other_funders_need_not(funder: str) -> None:
    assert finding(judged(bmf(foundation="04"), funder=funder), "PROJECT-CORPUS") is None
