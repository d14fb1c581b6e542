"""A party found on a list after the agreement: no hold is lifted over it, Next says what is, nothing is sent back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition, PaymentRefused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.outlook import outlook
from domain.partnership.waiting.owing import ObligationKind
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.rulebook import assess
from domain.screening.matches import MatchKind, SanctionsMatch
from tests.builders import (
    NOON,
    beneficiary,
    benefit,
    company,
    funding,
    funds_in,
    funds_out,
    master_file,
    number,
    proposal,
    screening,
    source,
    status,
    verification,
)
from tests.builders import match as named_on_the_list
from tests.domain.partnership.specification import (
    Story,
    active,
    amend,
    authority_of,
    came_to,
    cancel,
    confirm_refund,
    hand_over,
    in_approval,
    lift,
    receipt,
    refund,
    release,
    satisfy,
    signed,
    terminate,
    withdraw_refund,
)

DONOR, CARRIER = "Northern Light Telecom Ltd", "Great Plains Carrier Inc"
GIFT: dict[str, Any] = {
    "funds_out": funds_out("600.00", "400.00"),
    "funds_in": funds_in("5000.00", donor=company(DONOR), restricted_to="Reading rooms"),
}
USED: dict[str, Any] = {"funds_out": funds_out("600.00", "400.00", benefit=benefit(beneficiary(CARRIER)))}
TO_DONOR, BLOCKED = RefundDirection.TO_DONOR, RefundDirection.TO_BLOCKED_ACCOUNT


def look(story: Story, *matches: SanctionsMatch) -> Story:
    """The registers are asked again, and the rule book in force is applied."""
    known = story.partnership
    seen = verification(status(master_file=master_file()), screening(*matches))
    found = assess(known.proposed, funding(), seen)
    return story.given(
        c.RecordRecheck(command_id=number(f"look {known.version}"), at=NOON, verification=seen, assessment=found)
    )


def listed(name: str = DONOR, register: str = "ofac-sdn", **more: Any) -> SanctionsMatch:
    return named_on_the_list(name).model_copy(update={"source": source(register), **more})


def alone(name: str = DONOR) -> SanctionsMatch:
    """The name of a listed person, and nothing else that agrees."""
    return listed(name, certain=False)


def gift_of_a_listed_donor() -> Story:
    """Of a gift of 5,000 one tranche of 600 was paid when its donor turned out to be listed."""
    paid = active(**GIFT).given(receipt("5000.00"), release(), *came_to(TrancheOutcome.SETTLED))
    return look(paid, listed())


def sent_back(way: RefundDirection = TO_DONOR, **more: Any) -> c.RecordRefund:
    return refund("4400.00", direction=way, **more)


# The hold


@pytest.mark.parametrize("who", ["femi.ade", "dora.kim"])
def test_no_hold_is_lifted_over_a_party_that_is_on_a_list(who: str) -> None:
    story = gift_of_a_listed_donor()
    assert story.partnership.holds
    story.when(lift(who)).refused(IllegalTransition, DONOR, "ofac-sdn", "amend", "terminate")


def test_it_is_lifted_once_a_later_look_finds_nobody_on_a_list() -> None:
    look(gift_of_a_listed_donor()).when(lift()).then(e.HoldLifted)


def test_a_name_alone_is_a_question_and_not_a_listing() -> None:
    story = look(active(**GIFT), alone())
    assert not story.partnership.listed
    assert "clear what the registers ask" in outlook(story.partnership).next_step


def test_whoever_is_on_a_list_may_be_left_out_while_the_hold_stands() -> None:
    story = look(active(**USED), listed(CARRIER))
    story.when(lift()).refused(IllegalTransition, CARRIER)
    amended = story.when(amend(funds_out=funds_out("600.00", "400.00")))
    assert amended.refusal is None
    assert amended.partnership.holds


def test_a_note_places_no_hold_owes_no_report_and_stops_nothing() -> None:
    story = look(active(**USED), listed(CARRIER, "ofac-consolidated", programmes=("CMIC-EO13959",)))
    assert not story.partnership.holds
    assert not obligations(story.partnership)
    story.when(release()).then(e.TrancheReleased)


@pytest.mark.parametrize("programme", ["FSE-IR", "NS-PLC"])
def test_what_is_only_forbidden_holds_and_is_reported_too(programme: str) -> None:
    story = look(active(**USED), listed(CARRIER, "ofac-consolidated", programmes=(programme,)))
    assert story.partnership.holds
    assert ConditionId.SANCTIONS_REPORT in story.partnership.open_conditions()


def test_whoever_gets_most_of_the_use_and_is_listed_later_holds_the_payment() -> None:
    story = look(active(**USED), listed(CARRIER))
    story.when(release()).refused(IllegalTransition, "on hold", CARRIER)


# What is next


def step(story: Story) -> tuple[str, str]:
    ahead = outlook(story.partnership)
    return ahead.next_step, ahead.command


def test_a_payment_that_was_released_is_cancelled_first() -> None:
    story = look(active(**USED).given(release()), listed(CARRIER))
    told, command = step(story)
    assert told.startswith("cancel the payment of tranche 1: ")
    assert command.startswith("accord payments cancel ")
    assert story.when(cancel()).refusal is None


def test_of_a_payment_at_the_bank_the_banks_answer_is_next() -> None:
    story = look(active(**USED).given(release(), hand_over()), listed(CARRIER))
    assert step(story)[0].startswith("ask the bank to recall the payment")


def test_then_the_report_and_then_its_end() -> None:
    story = look(active(**USED), listed(CARRIER))
    assert "SANCTIONS_REPORT" in step(story)[0]
    reported = story.given(satisfy(ConditionId.SANCTIONS_REPORT))
    told, command = step(reported)
    assert told.startswith("end it, or amend it")
    assert command.startswith("accord terminate ")
    assert outlook(reported.partnership).awaiting == (Role.DIRECTOR,)
    assert reported.when(terminate()).refusal is None


def test_before_the_agreement_it_is_declined() -> None:
    story = look(in_approval(**USED), listed(CARRIER)).given(satisfy(ConditionId.SANCTIONS_REPORT))
    assert step(story)[1].startswith("accord decline ")


def test_nothing_is_offered_that_the_next_gate_refuses_when_the_hold_was_lifted_before() -> None:
    story = look(active(**USED).given(release()), listed(CARRIER))
    lifted = story._replace(partnership=story.partnership.model_copy(update={"holds": ()}))
    assert "payment file" not in step(lifted)[0]


def test_nine_entries_of_one_name_are_told_once_in_hold_next_and_refusals() -> None:
    nine = [listed(CARRIER, entity=str(n)) for n in range(9)]
    story = look(active(**USED), *nine)
    assert str(story.partnership.holds).count(CARRIER.upper()) == 1
    refusal = story.when(lift()).refusal
    assert str(refusal).count(CARRIER.upper()) == 1
    asked = look(active(**USED), *(one.model_copy(update={"certain": False}) for one in nine))
    assert step(asked)[0].count(f"SANCTIONS: {CARRIER}") == 1
    told = str(asked.given().when(release()).refusal)
    assert told.count(CARRIER.upper()) <= 1


# The money of a blocked donor


def test_what_a_blocked_donor_gave_is_not_free_any_more() -> None:
    story = gift_of_a_listed_donor()
    assert (story.partnership.kept, story.partnership.usable) == (5000, 0)


def test_what_a_blocked_donor_gave_is_not_sent_back() -> None:
    gift_of_a_listed_donor().when(sent_back()).refused(
        PaymentRefused, DONOR, "not sent back", "--to-blocked-account", "10 business days"
    )


def test_a_refund_that_was_recorded_before_is_not_confirmed_and_may_be_taken_back() -> None:
    recorded = active(**GIFT).given(receipt("5000.00"), sent_back(booked_on=NOON.date()))
    story = look(recorded, listed())
    story.when(confirm_refund()).refused(PaymentRefused, "not sent back")
    assert story.when(withdraw_refund()).refusal is None


def test_what_left_before_the_day_of_the_listing_left_lawfully() -> None:
    story = gift_of_a_listed_donor()
    the_day_before = (NOON - timedelta(days=1)).date()
    assert story.when(sent_back(booked_on=the_day_before)).refusal is None
    story.when(sent_back(booked_on=NOON.date())).refused(PaymentRefused, "not sent back")


def test_what_a_blocked_donor_gave_goes_into_a_blocked_account() -> None:
    story = gift_of_a_listed_donor()
    owed = next(one for one in obligations(story.partnership) if one.kind is ObligationKind.BLOCKING)
    assert "5,000.00" in owed.what
    assert "--to-blocked-account" in owed.command
    moved = story.given(refund("5000.00", direction=BLOCKED), confirm_refund())
    assert (moved.partnership.kept, moved.partnership.to_block) == (0, 0)
    assert not [one for one in obligations(moved.partnership) if one.kind is ObligationKind.BLOCKING]


def test_it_does_so_after_the_end_as_well() -> None:
    story = gift_of_a_listed_donor().given(terminate())
    assert [one for one in obligations(story.partnership) if one.kind is ObligationKind.BLOCKING]
    story.when(sent_back()).refused(PaymentRefused, "not sent back")
    assert story.when(sent_back(BLOCKED)).refusal is None


def asked(story: Story, command: Any, *met: SanctionsMatch) -> Story:
    """The command, after the lists in force were asked about the donor."""
    said = signed(story.partnership, command)
    return story.when_exactly(said, Circumstances(authority=authority_of(said), donor=met))


def test_the_lists_in_force_decide_where_they_know_more_than_the_newest_look() -> None:
    story = active(**GIFT).given(receipt("5000.00"))
    asked(story, sent_back(), listed()).refused(PaymentRefused, "not sent back")
    assert asked(story, sent_back(BLOCKED), listed()).refusal is None
    recorded = story.given(sent_back())
    asked(recorded, confirm_refund(), listed()).refused(PaymentRefused, "not sent back")


def test_nothing_goes_back_before_somebody_judged_whether_it_is_they() -> None:
    story = active(**GIFT).given(receipt("5000.00"))
    asked(story, sent_back(), alone()).refused(PaymentRefused, "judge", "accord clear-match")
    near = listed(kind=MatchKind.NEAR, score=90.0)
    asked(story, sent_back(), near).refused(PaymentRefused, "resembles")
    cleared = near.model_copy(update={"cleared_by": ("vera.lind",)})
    assert asked(story, sent_back(), cleared).refusal is None


@pytest.mark.parametrize("programme", ["FSE-IR", "CMIC-EO13959"])
def test_what_is_only_forbidden_is_rejected_and_goes_back(programme: str) -> None:
    only = listed(register="ofac-consolidated", programmes=(programme,))
    story = look(active(**GIFT).given(receipt("5000.00")), only)
    assert story.partnership.usable == 5000
    assert asked(story, sent_back(), only).refusal is None


def test_the_money_of_a_donor_who_is_not_blocked_is_not_blocked() -> None:
    story = active(**GIFT).given(receipt("5000.00"))
    asked(story, sent_back(BLOCKED)).refused(PaymentRefused, "no list that blocks", "--to-donor")


@pytest.mark.parametrize(("share", "blocked"), [("49", False), ("50", True), ("60", True)])
def test_a_donor_that_blocked_persons_own_by_half_is_blocked(share: str, blocked: bool) -> None:
    owned = company(DONOR, principals=[{"name": CARRIER, "role": "OWNER", "share": share, "kind": "PRIVATE_COMPANY"}])
    gift = {**GIFT, "funds_in": funds_in("5000.00", donor=owned, restricted_to="Reading rooms")}
    story = active(**gift).given(receipt("5000.00"))
    back = asked(story, sent_back(), listed(CARRIER))
    assert (back.refusal is not None) is blocked


def test_what_waits_for_the_gift_waits_for_what_may_be_spent() -> None:
    waits = {**GIFT, "funds_out": funds_out("600.00", "400.00", waits_for_gift=True)}
    story = look(active(**waits).given(receipt("5000.00")), listed())
    assert story.partnership.waits_for_gift
    assert story.partnership.usable == Decimal(0)


def test_an_unlisted_proposal_has_nothing_to_block() -> None:
    assert proposal(**GIFT).funds_in is not None
    assert active(**USED).partnership.to_block == 0
