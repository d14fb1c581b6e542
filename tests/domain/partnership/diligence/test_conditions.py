"""Papers on file before the agreement, before a payment, before the close. The proposer files nothing (R25)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.errors import IllegalTransition, SeparationOfDuties
from domain.partnership import events as e
from domain.partnership.choices import papers_to_file
from domain.partnership.stages import Stage
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import CONDITIONS, NAMED, ConditionId, Gate
from tests.builders import funds_out
from tests.domain.partnership.diligence.test_listed import gift_of_a_listed_donor
from tests.domain.partnership.specification import (
    Story,
    accounted_for,
    active,
    amend,
    ask,
    assess,
    assessment,
    came_to,
    declare,
    given,
    hold,
    in_agreement,
    in_approval,
    propose,
    release,
    revise,
    satisfy,
    sign,
    terminate,
    verify,
)

FILED = [one for one in ConditionId if one not in NAMED]  # nobody files who is behind a payee: see test_behind
AT = {gate: [one for one in FILED if CONDITIONS[one].before is gate] for gate in Gate}
BEFORE_PAYMENT = [*AT[Gate.AGREEMENT], *AT[Gate.PAYMENT]]
PAID = (release(), *came_to(TrancheOutcome.SETTLED))


def named(condition: ConditionId) -> str:
    return condition.value


def agreed_with(condition: ConditionId) -> Story:
    """Approved under a condition and, where the condition allows it, signed."""
    story = in_agreement((condition,))
    return story if CONDITIONS[condition].before is Gate.AGREEMENT else story.given(sign())


def test_every_condition_stands_before_a_step_and_says_what_to_do() -> None:
    assert set(CONDITIONS) == set(ConditionId)
    assert all(len(condition.what) > 20 for condition in CONDITIONS.values())
    assert all(AT[gate] for gate in Gate)


@pytest.mark.parametrize("condition", AT[Gate.AGREEMENT], ids=named)
def test_what_stands_before_the_agreement_stops_the_signature(condition: ConditionId) -> None:
    story = in_agreement((condition,))
    story.when(sign()).refused(IllegalTransition, "not on file yet", condition, "accord satisfy P-2026-0042")
    assert story.given(satisfy(condition)).when(sign()).then(e.AgreementSigned).stage is Stage.ACTIVE


@pytest.mark.parametrize("condition", [*AT[Gate.PAYMENT], *AT[Gate.CLOSE]], ids=named)
def test_what_stands_before_a_later_step_does_not_stop_the_signature(condition: ConditionId) -> None:
    assert in_agreement((condition,)).when(sign()).then(e.AgreementSigned)


EVERY_PAYMENT = [one for one in AT[Gate.PAYMENT] if one is not ConditionId.BARRIER_MET]  # which names what it holds


@pytest.mark.parametrize("condition", EVERY_PAYMENT, ids=named)
def test_what_stands_before_a_payment_stops_every_payment(condition: ConditionId) -> None:
    story = agreed_with(condition)
    refusal = story.when(release()).refusal
    assert isinstance(refusal, IllegalTransition)
    assert condition.value in str(refusal)
    assert story.given(satisfy(condition)).when(release()).then(e.TrancheReleased)


@pytest.mark.parametrize("condition", AT[Gate.CLOSE], ids=named)
def test_what_stands_before_the_close_stops_no_payment_but_the_close(condition: ConditionId) -> None:
    story = agreed_with(condition).given(*PAID, *accounted_for())
    assert (story.partnership.stage, story.partnership.open_conditions()) == (Stage.ACTIVE, (condition,))
    assert story.when(satisfy(condition)).then(e.ConditionMet, e.PartnershipClosed).stage is Stage.CLOSED


@pytest.mark.parametrize("condition", ConditionId, ids=named)
@pytest.mark.parametrize("start", [in_approval, in_agreement, active])
def test_nothing_is_filed_that_nobody_asks_for(condition: ConditionId, start: type) -> None:
    start().when(satisfy(condition)).refused(IllegalTransition, condition, "not asked for", "still open: none")


@pytest.mark.parametrize("condition", BEFORE_PAYMENT, ids=named)
def test_papers_may_be_filed_while_approvals_are_awaited(condition: ConditionId) -> None:
    story = given(propose(), verify(), assess(conditions=(condition,)))
    assert story.when(satisfy(condition)).then(e.ConditionMet).open_conditions() == ()


def test_papers_are_filed_once() -> None:
    story = in_agreement((ConditionId.SPONSOR_FILE, ConditionId.BENEFIT_FILE)).given(satisfy(ConditionId.SPONSOR_FILE))
    story.when(satisfy(ConditionId.SPONSOR_FILE)).refused(IllegalTransition, "on file already", "BENEFIT_FILE")


def test_the_proposer_files_none_of_its_papers() -> None:
    story = given(propose("ada.every"), verify(), assess(conditions=(ConditionId.SPONSOR_FILE,)))
    story.when(satisfy(ConditionId.SPONSOR_FILE, "ada.every")).refused(SeparationOfDuties, "ada.every proposed")
    assert story.when(satisfy(ConditionId.SPONSOR_FILE, "ben.every")).then(e.ConditionMet)


def test_who_amended_it_files_none_of_its_papers_either() -> None:
    story = in_agreement((ConditionId.SPONSOR_FILE,)).given(amend("ada.every", title="Digital skills, amended"))
    story.when(satisfy(ConditionId.SPONSOR_FILE, "ada.every")).refused(SeparationOfDuties)


def test_a_hold_does_not_stop_the_filing() -> None:
    story = in_agreement((ConditionId.SPONSOR_FILE,)).given(hold())
    assert story.when(satisfy(ConditionId.SPONSOR_FILE)).then(e.ConditionMet)


def test_what_is_filed_is_on_record_with_its_document() -> None:
    (filed,) = in_agreement((ConditionId.SPONSOR_FILE,)).when(satisfy(ConditionId.SPONSOR_FILE)).said
    assert (filed.condition, filed.note, len(filed.document_sha256 or "")) == (
        ConditionId.SPONSOR_FILE,
        "It is in the file",
        64,
    )


def test_conditions_of_many_findings_are_asked_for_once_each() -> None:
    conditions = (ConditionId.SPONSOR_FILE, ConditionId.SPONSOR_FILE, ConditionId.BENEFIT_FILE)
    assert assessment(conditions=conditions).conditions == ()
    partnership = in_agreement(conditions).partnership
    assert partnership.conditions == (ConditionId.SPONSOR_FILE, ConditionId.BENEFIT_FILE)


def test_open_conditions_are_told_apart_by_their_step() -> None:
    every = in_agreement(tuple(FILED)).partnership
    for gate in Gate:
        assert list(every.open_conditions(gate)) == AT[gate]
    assert set(every.open_conditions()) == set(FILED)


def test_every_paper_is_asked_for_again_after_a_revision() -> None:
    story = given(propose(), verify(), assess(conditions=(ConditionId.SPONSOR_FILE,)))
    story = story.given(satisfy(ConditionId.SPONSOR_FILE), ask(), revise(), verify())
    assert story.when(assess(conditions=(ConditionId.SPONSOR_FILE,))).partnership.open_conditions() == (
        ConditionId.SPONSOR_FILE,
    )


def test_papers_on_file_stay_there_when_the_rule_book_looks_again_for_an_interest() -> None:
    story = in_agreement((ConditionId.SPONSOR_FILE,)).given(satisfy(ConditionId.SPONSOR_FILE), declare("otto.audit"))
    again = story.given(assess(conditions=(ConditionId.SPONSOR_FILE,))).partnership
    assert again.open_conditions(Gate.AGREEMENT, Gate.PAYMENT) == ()


@pytest.mark.parametrize("stage", ["interest before", "interest after"])
def test_an_interest_asks_for_the_minutes_before_the_close(stage: str) -> None:
    interests = {"interests": [{"person": "nils.olsen", "what": "His brother teaches there"}]}
    story = active(**interests) if stage == "interest before" else active().given(declare("nils.olsen", "otto.audit"))
    story = story.given(*PAID, *accounted_for())
    assert story.partnership.open_conditions() == (ConditionId.CONFLICT_MINUTES,)
    assert story.when(satisfy(ConditionId.CONFLICT_MINUTES)).then(e.ConditionMet, e.PartnershipClosed)


def test_a_second_tranche_waits_for_papers_that_an_interest_did_not_ask_for() -> None:
    story = active(funds_out=funds_out("1.00", "2.00")).given(*PAID, declare("otto.audit"))
    assert story.when(release(2)).then(e.TrancheReleased)


@pytest.mark.parametrize(
    "story",
    [
        lambda: in_agreement(tuple(ConditionId)),
        gift_of_a_listed_donor,
        lambda: gift_of_a_listed_donor().given(terminate()),
    ],
    ids=["agreed", "under way", "ended"],
)
def test_a_form_offers_the_papers_that_may_be_filed_and_no_others(story: Callable[[], Story]) -> None:
    """Given a partnership, also one that a newer edition asks, or that ended, then its form offers what is taken."""
    known = story()
    offered = {value for value, _ in papers_to_file(known.partnership)} - {*NAMED}
    taken = {one.value for one in FILED if known.when(satisfy(one)).refusal is None}
    assert taken == offered
    assert taken
