"""A blocked donor's money goes back to nobody, and nothing of another donor is blocked (31 CFR 501, rules 4.8)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import PaymentRefused
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.refund.returned_gifts import goes_out_again, require_lawful_return
from domain.partnership.state import Partnership
from domain.policy.conditions import ConditionId
from domain.screening.matches import SanctionsMatch
from tests.builders import NOON, funds_in, funds_out, match, near, proposal, screening, status, verification
from tests.domain.partnership.specification import (
    active,
    confirm_refund,
    divert,
    given,
    propose,
    receipt,
    refund,
    withdraw_refund,
)

GIFT = proposal(funds_in=funds_in()).funds_in
assert GIFT is not None
DONOR = GIFT.donor.name
LISTED, CLOSE = match(DONOR), near(DONOR)
TO_DONOR, BLOCKED, FROM_GRANTEE = (
    RefundDirection.TO_DONOR,
    RefundDirection.TO_BLOCKED_ACCOUNT,
    RefundDirection.FROM_GRANTEE,
)
TODAY = NOON.date()

given_gift = active(funds_in=funds_in()).given(receipt())


def found_before(*matches: SanctionsMatch) -> Partnership:
    """The gift's partnership, whose newest look at the lists found these."""
    looked = verification(status(), screening(*matches))
    return given_gift.partnership.model_copy(update={"verification": looked})


def allowed(known: Partnership, way: RefundDirection, met: Collection[SanctionsMatch] | None, **more: Any) -> str:
    """The reason why money may not go a way, or '' if it may."""
    try:
        require_lawful_return(known, refund(direction=way, **more), met)
    except PaymentRefused as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    ("way", "met", "word"),
    [
        (TO_DONOR, (), ""),
        (TO_DONOR, (LISTED,), "--to-blocked-account"),
        (TO_DONOR, (CLOSE,), "accord clear-match"),
        (TO_DONOR, (match("Somebody Else Ltd"),), ""),
        (BLOCKED, (LISTED,), ""),
        (BLOCKED, (), "--to-donor"),
        (BLOCKED, None, ""),
        (FROM_GRANTEE, (LISTED,), ""),
    ],
)
def test_which_way_a_gift_may_go(way: RefundDirection, met: Collection[SanctionsMatch] | None, word: str) -> None:
    reason = allowed(given_gift.partnership, way, met)
    assert word in reason
    assert bool(reason) is bool(word)


def test_what_the_newest_look_found_counts_until_the_lists_are_asked() -> None:
    assert "--to-blocked-account" in allowed(found_before(LISTED), TO_DONOR, None)
    assert allowed(found_before(LISTED), TO_DONOR, ()) == ""
    assert allowed(given_gift.partnership.model_copy(update={"verification": None}), TO_DONOR, None) == ""


@pytest.mark.parametrize(
    ("since", "booked_on", "lawful"),
    [
        (TODAY, TODAY - timedelta(days=1), True),
        (TODAY, TODAY, False),
        (TODAY, TODAY + timedelta(days=1), False),
        (None, TODAY, False),
    ],
)
def test_what_left_before_the_donor_was_found_left_lawfully(since: date | None, booked_on: date, lawful: bool) -> None:
    asked = ((ConditionId.SANCTIONS_REPORT, since),) if since is not None else ()
    known = given_gift.partnership.model_copy(update={"asked_on": asked})
    assert (allowed(known, TO_DONOR, (LISTED,), booked_on=booked_on) == "") is lawful


def test_a_refund_of_an_unknown_day_did_not_leave_before() -> None:
    recorded = given_gift.given(refund(direction=TO_DONOR)).partnership
    undated = tuple(one.model_copy(update={"booked_on": None}) for one in recorded.refunds)
    known = recorded.model_copy(
        update={"refunds": undated, "asked_on": ((ConditionId.SANCTIONS_REPORT, date(2027, 1, 1)),)}
    )
    with pytest.raises(PaymentRefused, match="blocked account"):
        require_lawful_return(known, confirm_refund(), (LISTED,))


@pytest.mark.parametrize(("reference", "refused"), [("BANK-R1", True), ("BANK-R2", False)])
def test_who_confirms_a_refund_is_refused_as_who_records_it(reference: str, refused: bool) -> None:
    known = given_gift.given(refund(direction=TO_DONOR)).partnership
    with pytest.raises(PaymentRefused) if refused else nullcontext():
        require_lawful_return(known, confirm_refund(reference), (LISTED,))


def test_what_never_was_a_gift_goes_where_it_goes() -> None:
    paid = active(funds_out=funds_out()).partnership
    assert allowed(paid, TO_DONOR, (LISTED,)) == ""
    assert allowed(Partnership(partnership_id="P-2026-0042"), TO_DONOR, (LISTED,)) == ""


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (refund(direction=TO_DONOR), True),
        (refund(direction=BLOCKED), True),
        (refund(direction=FROM_GRANTEE), False),
        (confirm_refund(), True),
        (confirm_refund("BANK-R9"), False),
        (withdraw_refund(), False),
        (divert(), False),
    ],
)
def test_the_donor_is_looked_up_where_money_leaves_a_gift(command: Any, out: bool) -> None:
    known = given_gift.given(refund(direction=TO_DONOR)).partnership
    assert goes_out_again(known, command) is out


def test_nothing_goes_out_of_what_was_only_proposed() -> None:
    assert not goes_out_again(given(propose(funds_in=funds_in())).partnership, confirm_refund())
